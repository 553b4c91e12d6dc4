import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { heldBytes, unhurriedLog } from '../../../src/providers/unhurried-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps no more than its bound of what nobody has taken yet, and writes that', async () => {
  const file = join(folder, 'log');
  const log = unhurriedLog(file);
  await once(log, 'ready');
  let dropped = 0;
  log.on('drop', () => dropped++);
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
  // Nothing is written within one turn of the loop.
  for (let lines = 0; lines < 20; lines++) log.write(line);
  expect(dropped).toBeGreaterThanOrEqual(11);
  log.flushSync();
  log.end();
  const { length } = readFileSync(file);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(heldBytes + line.length);
});
