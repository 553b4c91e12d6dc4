/** Endings of sessions as replicas keep them, each with the folder that they share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Endings } from '../../../../src/api/access/endings.ts';

const asked = { by: 'token:ann', key: 'k1', what: 'all of token:ann' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-endings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('of many replicas that are asked at once one says which, and nothing of the others stays', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, replica) =>
      new Endings(folder).once(asked, async () => [`of replica ${replica}`]),
    ),
  );
  const [first = []] = answers;
  expect(answers).toEqual(answers.map(() => first));
  expect(await new Endings(folder).once(asked, async () => ['later'])).toEqual(first);
  expect(await readdir(folder)).toHaveLength(1);
});
