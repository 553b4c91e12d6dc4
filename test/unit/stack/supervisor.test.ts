/** The supervisor with small processes of its own: order, readiness, restart, end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Component } from '../../../src/stack/component.ts';
import { claimStack } from '../../../src/stack/pid-table.ts';
import { Supervisor } from '../../../src/stack/supervisor.ts';
import { waitFor } from '../../support/wait-for.ts';

const signal = new AbortController().signal;
/** What ends by itself may need it on a busy machine. */
const patientMs = 60_000;
let folder: string;
let supervisor: Supervisor;
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-supervisor-'));
  said = [];
  const { table } = await claimStack(join(folder, 'pids.json'));
  supervisor = new Supervisor({ cwd: folder, logs: folder, table, say: (line) => said.push(line) });
});
afterEach(async () => {
  await supervisor.stop(patientMs);
  rmSync(folder, { recursive: true, force: true });
});

const part = (name: string, script: string, over: Partial<Component> = {}): Component => ({
  name,
  log: name,
  command: process.execPath,
  args: ['-e', script],
  ready: async () => (/up/.test(read(name)) ? null : 'it has not said up'),
  readyTimeoutMs: patientMs,
  stopGraceMs: patientMs,
  ...over,
});
const read = (name: string) => readFileSync(join(folder, `${name}.log`), 'utf8');
const sayEnd = (name: string) =>
  `process.on('SIGTERM', () => { require('node:fs').appendFileSync('ends', '${name} '); process.exit(0); }); console.log('up'); setInterval(() => {}, 1e6);`;
const pids = (): { name: string; pid: number }[] =>
  JSON.parse(readFileSync(join(folder, 'pids.json'), 'utf8'));

describe('Supervisor', () => {
  it('stops in the reverse order of the start and forgets what it stopped', async () => {
    for (const name of ['a', 'b', 'c']) await supervisor.start(part(name, sayEnd(name)), signal);
    expect(pids().map(({ name }) => name)).toEqual(['supervisor', 'a', 'b', 'c']);
    expect(await supervisor.stop(patientMs)).toEqual([]);
    expect(readFileSync(join(folder, 'ends'), 'utf8')).toBe('c b a ');
    expect(pids().map(({ name }) => name)).toEqual(['supervisor']);
  });

  it('starts again what was killed, says so, and ends the new one in the end', async () => {
    await supervisor.start(part('a', sayEnd('a')), signal);
    const first = pids()[1]?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await waitFor('a second start', () => said.filter((line) => line === 'a is ready').length === 2, {
      timeoutMs: patientMs,
    });
    expect(said[1]).toMatch(/^a was ended by SIGKILL; it is started again in 0\.3 s$/);
    expect(pids()[1]?.pid).not.toBe(first);
    expect(await supervisor.stop(patientMs)).toEqual([]);
    expect(pids()).toHaveLength(1);
  });

  it('names exit code, log lines and log file of a part that ends instead of getting ready', async () => {
    const start = supervisor.start(part('bad', `console.error('no such port'); process.exit(7)`), signal);
    await expect(start).rejects.toThrow(/bad ended with code 7[\s\S]*no such port[\s\S]*bad\.log/);
  });

  it('gives up on a part that never gets ready, says what is missing, and can still stop it', async () => {
    const mute = part('mute', 'setInterval(() => {}, 1e6)', { readyTimeoutMs: 200 });
    await expect(supervisor.start(mute, signal)).rejects.toThrow(
      /not ready within 0\.2 s: it has not said up/,
    );
    expect(await supervisor.stop(patientMs)).toEqual([]);
    expect(pids()).toHaveLength(1);
  });

  it('says which program cannot be run', async () => {
    const absent = part('absent', '', { command: join(folder, 'nothing') });
    await expect(supervisor.start(absent, signal)).rejects.toThrow(/absent could not be run: .*ENOENT/);
  });

  it('kills what does not end in time', async () => {
    const deaf = part(
      'deaf',
      `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)`,
    );
    await supervisor.start({ ...deaf, stopGraceMs: 100 }, signal);
    expect(await supervisor.stop(patientMs)).toEqual([]);
    expect(pids()).toHaveLength(1);
  });
});
