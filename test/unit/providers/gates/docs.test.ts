import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../../../src/providers/config.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/gates.md'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
const settings = blocks.filter((block) => block.includes('# of sluice.yaml'));

it('docs/gates.md shows settings of several gates', () => {
  expect(settings.length).toBeGreaterThanOrEqual(3);
});

it.each(settings)('docs/gates.md shows settings that are right: %s', (block) => {
  const given = parse(block) as { gates: object };
  const { gates } = parseConfig(given, { env: {} });
  expect(Object.keys(gates)).toEqual(expect.arrayContaining(Object.keys(given.gates)));
});
