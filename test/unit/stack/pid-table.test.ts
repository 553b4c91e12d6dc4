/** The table of what a stack has started: found again after a kill, and never the end of a stranger. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, isAlive } from '../../../src/providers/workload/process-identity.ts';
import { claimStack } from '../../../src/stack/pid-table.ts';

let folder: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-pids-'));
  file = join(folder, 'pids.json');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function sleeper(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true });
  children.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

/** Makes the table look as if the process that wrote it had been killed. */
function orphan(): void {
  const entries = JSON.parse(readFileSync(file, 'utf8')) as { name: string; mark: string }[];
  for (const entry of entries) if (entry.name === 'supervisor') entry.mark = 'of another time';
  writeFileSync(file, JSON.stringify(entries));
}

describe('claimStack', () => {
  it('refuses a folder in which a stack runs', async () => {
    await claimStack(file);
    await expect(claimStack(file)).rejects.toThrow(`running in this folder already (process ${process.pid})`);
  });

  it('ends what a killed stack left, and says so', async () => {
    const { table } = await claimStack(file);
    const pid = await sleeper();
    const identity = await table.add('HAProxy', pid);
    orphan();
    const { leftovers } = await claimStack(file);
    expect(leftovers).toEqual([`HAProxy (process ${pid})`]);
    expect(await isAlive(identity)).toBe(false);
  });

  it('never ends a process that only has the number of a former one', async () => {
    const stranger = await sleeper();
    await claimStack(file);
    const entries = JSON.parse(readFileSync(file, 'utf8')) as object[];
    writeFileSync(
      file,
      JSON.stringify([...entries, { name: 'worker', pid: stranger, mark: 'of another time' }]),
    );
    orphan();
    expect((await claimStack(file)).leftovers).toEqual([]);
    expect(await isAlive(await identityOf(stranger))).toBe(true);
  });

  it('starts anew from a damaged table, and leaves no file when released', async () => {
    writeFileSync(file, '[{"name":"worker","pid"');
    const { table, leftovers } = await claimStack(file);
    expect(leftovers).toEqual([]);
    table.release();
    expect(existsSync(file)).toBe(false);
  });
});
