import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatDuration } from '../../../../src/domain/duration.ts';
import { plannedTotalMs } from '../../../../src/domain/plan/planned.ts';
import { parsePlan, parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { catalogue, custom, minimal } from './fixtures.ts';

const duration = (minMs: number, maxMs: number) => fc.integer({ min: minMs, max: maxMs }).map(formatDuration);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const check = fc.oneof(
  fc.constantFrom('success-rate', 'error-rate', 'latency-p50', 'latency-p99', 'queue-like'),
  fc.record({ preset: fc.constant('throughput'), min: fc.integer({ min: 0, max: 100 }) }),
  fc.constant(custom),
);
// Two checks of one kind would have one name.
const nameOf = (one: unknown) => (typeof one === 'object' && one !== null ? Object.values(one)[0] : one);
const checks = fc.uniqueArray(check, { minLength: 1, maxLength: 4, selector: nameOf });

const stage = fc.record(
  {
    weight: fc.integer({ min: 1, max: 10_000 }).map((parts) => parts / 100),
    soak: duration(0, 3_600_000),
    warmUp: duration(0, 60_000),
    approval: fc.boolean(),
    checks,
  },
  { requiredKeys: ['weight'] },
);

const document = fc
  .record({
    stages: fc.array(stage, { minLength: 1, maxLength: 6 }),
    checks,
    analysis: maybe(fc.record({ interval: duration(1_000, 60_000) }, { requiredKeys: [] })),
    lease: maybe(
      fc.record({ ttl: duration(3_000, 600_000), orphanGrace: duration(0, 60_000) }, { requiredKeys: [] }),
    ),
    onConflict: maybe(fc.constantFrom('reject', 'supersede')),
    watchAfter: maybe(duration(0, 60_000)),
  })
  .map((parts) => ({
    ...minimal,
    templates: { 'queue-like': { kind: 'threshold', query: 'x', max: 1 } },
    ...parts,
    stages: parts.stages.toSorted((a, b) => a.weight - b.weight),
  }))
  .map((one) => JSON.parse(JSON.stringify(one)) as Record<string, unknown>);

/** Anything at all in the place of any top-level field, or of a field of a stage. */
const mutation = fc.tuple(
  fc.constantFrom(
    ...Object.keys(minimal),
    'templates',
    'analysis',
    'lease',
    'rollback',
    'maxDuration',
    '$schema',
  ),
  fc.jsonValue(),
);

describe('a plan', () => {
  it('of any JSON gives a result, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        const result = parsePlan(input, catalogue);
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
      }),
    );
  });

  it('of any text gives a result, never an exception', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '"',
      "'",
      '!!x ',
      '|',
      '? ',
      '#',
      '<<',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        expect(parsePlanText(input, catalogue).ok).toBe(false);
      }),
    );
  });

  it('with one field replaced by anything is refused at that field, or is whole', () => {
    fc.assert(
      fc.property(document, mutation, (base, [key, value]) => {
        const result = parsePlan({ ...base, [key]: value }, catalogue);
        if (result.ok) expect(JSON.parse(JSON.stringify(result.plan))).toEqual(result.plan);
        else expect(result.problems.every(({ message }) => message.length > 0)).toBe(true);
      }),
    );
  });

  it('that is right is read the same from a value, from JSON and from YAML, however often', () => {
    fc.assert(
      fc.property(document, (base) => {
        const once = parsePlan(base, catalogue);
        expect('problems' in once ? once.problems : []).toEqual([]);
        expect(parsePlan(JSON.parse(JSON.stringify(base)), catalogue)).toEqual(once);
        expect(parsePlanText(JSON.stringify(base, null, 2), catalogue)).toEqual(once);
        expect(parsePlanText(stringify(base), catalogue)).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });

  it('that is right can always be judged, never goes down and has time enough', () => {
    fc.assert(
      fc.property(document, (base) => {
        const result = parsePlan(base, catalogue);
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        const { stages, maxDurationMs } = result.plan;
        const weights = stages.map(({ weightPercent }) => weightPercent);
        expect(weights).toEqual(weights.toSorted((a, b) => a - b));
        expect(stages.every((one) => one.checks.some(({ onNoData }) => onNoData !== 'pass'))).toBe(true);
        expect(maxDurationMs).toBeGreaterThan(plannedTotalMs(stages));
        for (const check of stages.flatMap((one) => one.checks).filter((one) => 'query' in one)) {
          if (check.query.samples === null) expect(check.minSamples).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});
