import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planJsonSchema } from '../../../../src/domain/plan/json-schema.ts';
import { defaultCatalogue } from '../../../../src/providers/default-catalogue.ts';
import { catalogue } from './fixtures.ts';

const docs = resolve(import.meta.dirname, '../../../../docs');
const file = resolve(docs, 'plan.schema.json');

type Node = { readonly [key: string]: unknown };

function keysIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(keysIn);
  if (typeof node !== 'object' || node === null) return [];
  const { properties, ...rest } = node as Node;
  const own = typeof properties === 'object' && properties !== null ? properties : {};
  return [...Object.keys(own), ...Object.values(own).flatMap(keysIn), ...Object.values(rest).flatMap(keysIn)];
}

describe('the JSON Schema of plans', () => {
  it('in docs/plan.schema.json is up to date; SLUICE_UPDATE_DOCS=1 with this test writes it', () => {
    const schema = planJsonSchema(defaultCatalogue());
    if (process.env.SLUICE_UPDATE_DOCS === '1') writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });

  it('refuses unknown keys at every level', () => {
    const text = JSON.stringify(planJsonSchema(catalogue));
    const objects = text.match(/"type":"object"/g)?.length;
    expect(text.match(/"additionalProperties":/g)).toHaveLength(objects ?? 0);
  });

  it('names the instances of the catalogue, and their options', () => {
    const { properties } = planJsonSchema(catalogue) as { properties: { traffic: { anyOf: Node[] } } };
    const [names, , edge] = properties.traffic.anyOf;
    expect(names).toEqual({ enum: ['haproxy', 'edge-eu'] });
    expect(edge).toMatchObject({
      properties: { provider: { const: 'edge-eu' }, mode: { enum: ['fast', 'safe'], default: 'safe' } },
      required: ['provider'],
      additionalProperties: false,
    });
  });

  it('shows defaults as a plan writes them', () => {
    const { properties, definitions } = planJsonSchema(catalogue) as Record<string, Record<string, Node>>;
    expect(properties?.watchAfter).toMatchObject({ type: 'string', default: '10m' });
    expect(definitions?.stage).toMatchObject({
      properties: { soak: { anyOf: [{ default: '5m' }, { type: 'object' }] } },
    });
  });

  it('has no field that docs/plan.md and docs/gates.md leave out', () => {
    // What gates take stands on a page of its own.
    const page = ['plan.md', 'gates.md'].map((file) => readFileSync(resolve(docs, file), 'utf8')).join('');
    const missing = keysIn(planJsonSchema(defaultCatalogue())).filter((key) => !page.includes(`\`${key}\``));
    expect([...new Set(missing)]).toEqual([]);
  });
});
