import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { explain } from '../../../../src/dashboard/pages/start/schema/explain.ts';
import { proposalsAt } from '../../../../src/dashboard/pages/start/schema/proposals.ts';
import { readSchema, type Schema } from '../../../../src/dashboard/pages/start/schema/schema.ts';
import { partsAt } from '../../../../src/dashboard/pages/start/schema/walk.ts';
import { cursorAt, writtenAt } from '../../../../src/dashboard/pages/start/text/cursor.ts';
import { planJsonSchema } from '../../../../src/domain/plan/json-schema.ts';
import { catalogue } from '../../domain/plan/fixtures.ts';

const published = readOrThrow(
  JSON.parse(readFileSync(new URL('../../../../docs/plan.schema.json', import.meta.url), 'utf8')),
);
const configured = readOrThrow(
  planJsonSchema({
    ...catalogue,
    gates: { office: { type: 'window', options: z.strictObject({ zone: z.string() }) } },
  }),
);

function readOrThrow(input: unknown): Schema {
  const schema = readSchema(JSON.parse(JSON.stringify(input)));
  if (schema === null) throw new Error('this is no schema');
  return schema;
}

function proposed(text: string, schema: Schema = published) {
  const cursor = cursorAt(text.replace('|', ''), text.indexOf('|'));
  return cursor === null ? [] : proposalsAt(schema, cursor);
}

const labels = (text: string, schema?: Schema) => proposed(text, schema).map(({ label }) => label);

describe('proposals', () => {
  it('are the keys of a plan that are not there yet, those first that it needs', () => {
    const keys = proposed('service: shop\n|');
    expect(keys.map(({ label }) => label)).not.toContain('service');
    expect(keys.filter(({ needed }) => needed).map(({ label }) => label)).toEqual([
      'environment',
      'version',
      'traffic',
      'metrics',
      'stages',
    ]);
    expect(keys.find(({ label }) => label === 'stages')).toMatchObject({
      insert: 'stages:\n  - ',
      note: 'list',
    });
    expect(keys.find(({ label }) => label === 'analysis')).toMatchObject({ insert: 'analysis:\n  ' });
    expect(keys.find(({ label }) => label === 'version')).toMatchObject({
      insert: 'version: ',
      explanation: 'The version to roll out.',
    });
  });

  it('are written as the place asks: within braces on one line', () => {
    expect(proposed('stages:\n  - { weight: 10, | }').find(({ label }) => label === 'checks')?.insert).toBe(
      'checks: []',
    );
    expect(proposed('stages:\n  - weight: 10\n    |').find(({ label }) => label === 'checks')?.insert).toBe(
      'checks:\n      - ',
    );
  });

  it('are the names that the operator configured, and their options', () => {
    expect(labels('traffic: |', configured)).toEqual(['haproxy', 'edge-eu']);
    expect(labels('traffic:\n  |', configured)).toEqual([
      'provider',
      'backends',
      'mode',
      'haproxy',
      'edge-eu',
    ]);
    expect(labels('traffic: { provider: edge-eu, | }', configured)).toEqual(['mode']);
    expect(labels('traffic: { provider: edge-eu, mode: | }', configured)).toEqual(['fast', 'safe']);
    expect(labels('gates:\n  - { gate: office, | }', configured)).toContain('zone');
  });

  it('are presets and the keys of checks, by their kind', () => {
    expect(labels('checks: [suc|]')).toContain('success-rate');
    expect(labels('checks:\n  - |')).toEqual(expect.arrayContaining(['preset', 'kind', 'success-rate']));
    const probe = labels('checks:\n  - { kind: health, | }');
    expect(probe).toEqual(expect.arrayContaining(['probe', 'scope']));
    expect(probe).not.toContain('query');
    expect(labels('checks:\n  - kind: thr|')).toEqual(expect.arrayContaining(['threshold', 'health']));
  });

  it('have defaults and examples where nothing is listed', () => {
    expect(labels('analysis:\n  interval: |')).toEqual(['15s', '30s', '5m', '1h30m']);
    expect(proposed('analysis:\n  onInconclusive: |').map(({ label, note }) => [label, note])).toEqual([
      ['hold', 'default'],
      ['rollback', ''],
    ]);
    expect(labels('stages:\n  - { approval: | }')).toEqual(['true', 'false']);
  });

  it('are none where the schema says nothing', () => {
    expect(labels('nonsense:\n  |')).toEqual([]);
    expect(labels('__proto__:\n  |')).toEqual([]);
    expect(labels('owner: |')).toEqual([]);
  });
});

describe('the explanation of a key', () => {
  function told(text: string) {
    const written = writtenAt(text.replace('|', ''), text.indexOf('|'));
    return written && explain('', partsAt(published, written.steps));
  }

  it('is what the schema says, with its bounds', () => {
    expect(told('analysis:\n  con|fidence: 0.99')).toEqual({
      title: '',
      text: 'Chance that a good canary is not rolled back by checks that count, over the whole rollout.',
      facts: ['at least 0.5', 'at most 0.999999', 'default: 0.99'],
    });
    expect(told('traf|fic: haproxy')?.text).toBe('The data plane, and what the plan sets for it.');
    expect(told('stages:\n  - weight: 10\n    so|ak: 5m')?.text).toMatch(/soak|time|watched/i);
  });

  it('is not made up for what no plan has', () => {
    expect(told('non|sense: 1')).toBeNull();
  });
});
