import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../src/stack/tools.ts';
import { longFiles } from '../../support/long-files.ts';

it('are all there, so that each of them does begin first', () => {
  expect(longFiles.filter((file) => !existsSync(join(repoRoot(), file)))).toEqual([]);
});
