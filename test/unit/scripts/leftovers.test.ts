import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { endLeftovers } from '../../../scripts/lib/leftovers.mjs';

describe.runIf(process.platform === 'linux')('processes that a run has left behind', () => {
  it('are found by their mark, named and ended', async () => {
    const mark = `left-${randomUUID()}`;
    const env = { ...process.env, SLUICE_LEFT: mark };
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    const [left, ...others] = await endLeftovers(`SLUICE_LEFT=${mark}`, 0);
    expect(left).toContain(`${child.pid} `);
    expect(others).toEqual([]);
    await expect(ended).resolves.toEqual([null, 'SIGKILL']);
    await expect(endLeftovers(`SLUICE_LEFT=${mark}`)).resolves.toEqual([]);
  });
});
