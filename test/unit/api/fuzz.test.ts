/** Plans of all kinds, sent to whatever takes a plan: it answers, and never by an error of its own. */
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { problemSchema } from '../../../src/api/contract.ts';
import { parsePlan, parsePlanText } from '../../../src/domain/plan/schema.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';
import { catalogue, minimal } from '../domain/plan/fixtures.ts';
import { fakeDeps, fakeRollouts, runId } from './fakes.ts';

let app: FastifyInstance;

beforeAll(async () => {
  const started = { workflowId: 'rollout/demo/shop', runId, created: true, workerSeen: true, warnings: [] };
  const plans = {
    parse: (input: unknown) => parsePlan(input, catalogue),
    parseText: (text: string) => parsePlanText(text, catalogue),
  };
  app = await createApp({ ...fakeDeps(fakeRollouts({ start: async () => started })), plans });
});
afterAll(() => app.close());

/** Strings that have done harm somewhere, among whatever else there is. */
const strange = fc.constantFrom('__proto__', 'constructor', '\u0000', '\ud800', '{{', '&a [*a]', '1e999', '');
const value = fc.oneof(fc.jsonValue(), strange, fc.double().map(String));
/** A good plan with anything at all in some of its places, on one level or two. */
const broken = fc
  .array(
    fc.tuple(fc.constantFrom(...Object.keys(minimal), 'rollback', 'lease', 'gates', 'templates'), value),
    {
      maxLength: 3,
    },
  )
  .map((changes) => ({ ...minimal, ...Object.fromEntries(changes) }));
const plan = fc.oneof(broken, value);
const body = fc.oneof(
  plan,
  fc.record({ plan: fc.oneof(plan, fc.string()), actor: value, strict: value }, { requiredKeys: ['plan'] }),
  fc.record({ plan, stable: value, fromMs: value, toMs: value }, { requiredKeys: ['plan'] }),
);
const route = fc.constantFrom('/v1/rollouts', '/v1/validate', '/v1/metrics/check', '/v1/backtests');

it(
  'any plan is answered, as JSON and as YAML',
  async () => {
    await fc.assert(
      fc.asyncProperty(route, body, fc.boolean(), async (url, sent, asYaml) => {
        const yaml = asYaml && !url.includes('metrics') && !url.includes('backtests');
        const answer = await app.inject({
          method: 'POST',
          url,
          headers: { 'content-type': yaml ? 'application/yaml' : 'application/json' },
          // JSON is YAML, and half of a document is a document that is broken.
          payload: yaml ? JSON.stringify(sent).slice(0, -1) : JSON.stringify(sent),
        });
        expect(answer.statusCode, answer.body).toBeLessThan(500);
        if (answer.statusCode >= 400) expect(problemSchema.parse(answer.json()).detail).not.toBe('');
      }),
      { numRuns: fuzzRuns(1_000) },
    );
    // As long as tests commonly have, and longer where more is tried.
  },
  fuzzRuns(1_000) * 120,
);
