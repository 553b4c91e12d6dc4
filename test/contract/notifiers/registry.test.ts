import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { notifierTypes } from '../../../src/providers/notifiers/index.ts';

const folder = join(import.meta.dirname, '../../../src/providers/notifiers');

it('has every notifier of the folder, and a contract run for each', () => {
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const types = texts.flatMap((text) => /: NotifierType = \{\s+type: '([^']+)'/.exec(text)?.[1] ?? []);
  expect(types.toSorted()).toEqual(notifierTypes.map(({ type }) => type).toSorted());
  const runs = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n');
  expect(runs.match(/^notifierContract\(/gm)).toHaveLength(notifierTypes.length);
});
