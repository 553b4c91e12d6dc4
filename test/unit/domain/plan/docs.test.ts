import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bounds, defaults } from '../../../../src/domain/plan/defaults.ts';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { parseConfig } from '../../../../src/providers/config.ts';
import { defaultCatalogue } from '../../../../src/providers/default-catalogue.ts';
import { minimal, problemsWith } from './fixtures.ts';

const root = resolve(import.meta.dirname, '../../../..');
const page = readFileSync(resolve(root, 'docs/plan.md'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
const [first = '', ...others] = blocks;

describe('docs/plan.md', () => {
  it('begins with the ten lines of examples/minimal.yaml', () => {
    const example = readFileSync(resolve(root, 'examples/minimal.yaml'), 'utf8');
    expect(example).toContain(first);
    expect(parsePlanText(first, defaultCatalogue()).ok).toBe(true);
  });

  it.each(others.filter((block) => block.includes('checks:')))(
    'shows parts of plans that are right: %s',
    (block) => {
      expect(problemsWith({ ...minimal, ...(parse(block) as object) })).toEqual([]);
    },
  );

  it('shows a configuration that is right', () => {
    const block = others.find((one) => one.includes('temporal:')) ?? '';
    const config = parseConfig(parse(block), { env: {} });
    expect(Object.keys(config.traffic)).toEqual(['haproxy', 'edge-eu']);
    expect({ temporal: config.temporal, api: config.api }).toEqual(
      (({ temporal, api }) => ({ temporal, api }))(parseConfig({}, { env: {} })),
    );
  });

  it.each(Object.entries(defaults))('tells the default of %s', (_name, value) => {
    expect(page).toContain(String(value));
  });

  it('tells the bounds', () => {
    expect(page).toContain(`${bounds.documentBytes / 1024} KiB`);
    expect(page).toContain(`1 to ${bounds.stages}`);
  });
});
