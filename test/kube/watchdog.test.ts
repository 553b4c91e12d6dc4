/** A test process that is killed leaves nothing of its cluster behind. */
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Part, startPart } from '../support/kube/process.ts';
import { startWatchdog } from '../support/kube/watchdog.ts';

let folder: string;
let part: Part;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-watchdog-'));
  part = startPart(folder, 'part', '/bin/sh', ['-c', 'exec sleep 600']);
});
afterEach(() => part.stop());

describe('the watchdog', () => {
  it('ends the parts and deletes their folder when the pipe from its parent closes', async () => {
    const { child } = startWatchdog(folder);
    const partEnded = once(part.child, 'close');
    const watchdogEnded = once(child, 'close');
    child.stdin?.destroy();
    expect(await partEnded).toEqual([null, 'SIGKILL']);
    await watchdogEnded;
    expect(existsSync(folder)).toBe(false);
  });
});
