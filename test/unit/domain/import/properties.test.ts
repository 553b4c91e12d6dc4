/** Whatever is given: an import never fails by itself, and what comes out is a plan. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { importPlans } from '../../../../src/domain/import/import.ts';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { canaryWith, rolloutWith } from './fixtures.ts';

const keys = [
  'setWeight',
  'pause',
  'duration',
  'analysis',
  'templates',
  'templateName',
  'args',
  'name',
  'value',
  'valueFrom',
  'steps',
  'setHeaderRoute',
  'match',
  'headerName',
  'headerValue',
  'exact',
  'setCanaryScale',
  'replicas',
  'trafficRouting',
  'istio',
  'nginx',
  'plugins',
  'argoproj-labs/gatewayAPI',
  'virtualService',
  'routes',
  'metrics',
  'interval',
  'threshold',
  'stepWeight',
  'stepWeights',
  'maxWeight',
  'iterations',
  'headers',
  'webhooks',
  'type',
  'thresholdRange',
  'min',
  'max',
  'query',
  'templateRef',
  'templateVariables',
  'spec',
  'template',
  'containers',
  'image',
  'stableService',
  'canaryService',
  '__proto__',
  'constructor',
];
const leaf = fc.oneof(
  fc.integer({ min: -10, max: 200 }),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '10m',
    '1h',
    'errors',
    'request-success-rate',
    'result[0] > 1',
    'up{version="{{args.a}}"}',
    'x-staff',
    '50%',
  ),
);
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
  ),
})).value;

const run = (text: string) => importPlans([{ name: 'a.yaml', text }], null);

it('no text at all makes it fail', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => void run(text)));
});

it('no Rollout and no Canary makes it fail, and what it writes can be read', () => {
  const objects = fc.tuple(
    fc.constantFrom(
      ['Rollout', 'argoproj.io/v1alpha1'],
      ['Canary', 'flagger.app/v1beta1'],
      ['AnalysisTemplate', 'argoproj.io/v1alpha1'],
    ),
    fc.constantFrom('errors', 'web'),
    anything,
  );
  fc.assert(
    fc.property(fc.array(objects, { minLength: 1, maxLength: 3 }), (given) => {
      const documents = given.map(([[kind, apiVersion], name, spec]) =>
        stringify({ apiVersion, kind, metadata: { name }, spec }),
      );
      for (const { text, document } of run(documents.join('---\n')).plans) {
        const read = parsePlanText(text, { traffic: {}, metrics: {}, workload: {}, health: {}, alerts: {} });
        expect('problems' in read ? read.problems.filter(({ path }) => path === '') : []).toEqual([]);
        expect(document).toHaveProperty('stages');
      }
    }),
    { numRuns: 200 },
  );
});

const minutes = fc.integer({ min: 0, max: 600 }).map((count) => `${count}m`);
const step = fc.oneof(
  fc.record({ setWeight: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ pause: fc.oneof(fc.constant({}), fc.record({ duration: minutes })) }),
  fc.record({
    setHeaderRoute: fc.record({
      name: fc.constantFrom('a', 'b'),
      match: fc.array(
        fc.constantFrom(
          { headerName: 'X-A', headerValue: { exact: '1' } },
          { headerName: 'X-B', headerValue: { regex: '.*' } },
        ),
        { maxLength: 2 },
      ),
    }),
  }),
);

it('any sequence of steps becomes a valid plan, whose shares never fall', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [plan] = run(
        rolloutWith({ steps, trafficRouting: { istio: { virtualService: { name: 'web' } } } }),
      ).plans;
      expect(plan?.problems).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it('any pace of Flagger becomes a valid plan', () => {
  const pace = fc.record(
    {
      interval: fc.integer({ min: 1, max: 7200 }).map((seconds) => `${seconds}s`),
      threshold: fc.integer({ min: 0, max: 200 }),
      stepWeight: fc.integer({ min: 0, max: 100 }),
      stepWeights: fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 10 }),
      maxWeight: fc.integer({ min: 0, max: 100 }),
      iterations: fc.integer({ min: 0, max: 50 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(pace, fc.constantFrom('istio', 'kubernetes', 'nginx'), (analysis, provider) => {
      const [plan] = run(canaryWith(analysis, { provider })).plans;
      expect(plan?.problems).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
