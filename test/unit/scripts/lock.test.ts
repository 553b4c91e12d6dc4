import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAbandoned, withLock } from '../../../scripts/lib/lock.mjs';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
  lock = join(folder, 'some.lock');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the lock between set-ups', () => {
  it('is held during the work and gone after it, also when the work fails', async () => {
    await expect(withLock(lock, async () => existsSync(lock))).resolves.toBe(true);
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('lets one at a time do the work', async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    };
    await Promise.all([withLock(lock, work('one')), withLock(lock, work('two'))]);
    expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('is taken over from a process that has died', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(dead));
    expect(isAbandoned(lock)).toBe(true);
    await expect(withLock(lock, async () => 'done')).resolves.toBe('done');
  });

  it('is not taken over from a living one', async () => {
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(process.pid));
    expect(isAbandoned(lock)).toBe(false);
  });
});
