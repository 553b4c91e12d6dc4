import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gateTypes } from '../../../src/providers/gates/index.ts';

it('every file of the folder is registered, and every gate has a contract test', () => {
  const folder = join(import.meta.dirname, '../../../src/providers/gates');
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !['index.ts', 'types.ts'].includes(entry.name))
    .map((entry) => entry.name.replace('.ts', ''));
  const types = gateTypes.map(({ type }) => type);
  expect(types.toSorted()).toEqual(files.toSorted());
  const tests = readdirSync(import.meta.dirname);
  for (const type of types) expect(tests).toContain(`${type}.test.ts`);
});
