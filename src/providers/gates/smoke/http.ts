/** A smoke test of HTTP steps, in order: each with what it expects, and with values that it hands to later ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { jsonPath } from '../../../domain/gates/json.ts';
import { fill, fillIn, type Values } from '../../../domain/gates/placeholders.ts';
import { type Expectation, faultsOf, keptFrom, type StepAnswer } from '../../../domain/gates/smoke.ts';
import { NoAnswer, within } from '../../limit.ts';
import { OutgoingError, outgoing, outgoingMethods } from '../../outgoing.ts';
import { placeOf, readSecret, secretSource } from '../../secret.ts';
import { subjectOf } from '../reports/source.ts';
import type { Test, TestResult } from './types.ts';

const maxBytes = 1024 * 1024;
const pauseMs = 1_000;

const statusCode = z.int().min(100).max(599);
const path = z.string().max(200).regex(jsonPath, 'must be a path such as $.items[0].id');
const short = z.string().max(500);

const expectation = z.strictObject({
  status: z
    .union([statusCode, z.array(statusCode).min(1).max(20)])
    .default(200)
    .describe('One or several.'),
  headers: z
    .record(z.string().min(1).max(100), short)
    .default({})
    .describe('By name; `*` at the end means all that begin so.'),
  contains: z.array(short.min(1)).max(20).default([]).describe('Texts that the body contains.'),
  json: z
    .record(path, z.union([short, z.number(), z.boolean(), z.null()]), {
      error: ({ code }) => (code === 'invalid_key' ? 'is no path such as $.items[0].id' : undefined),
    })
    .default({})
    .describe('Values of the body, by path.'),
  maxLatencyMs: z
    .int()
    .min(1)
    .max(60_000)
    .optional()
    .describe('Until the whole answer is there, milliseconds.'),
});

const step = z.strictObject({
  name: z.string().min(1).max(100),
  method: z.enum(outgoingMethods).default('GET'),
  url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s]+$/, 'must be an http or https address'),
  headers: z.record(z.string().min(1).max(100), short).default({}),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
  body: z.string().max(100_000).optional(),
  expect: expectation.prefault({}).describe('What the answer must be.'),
  keep: z
    .record(z.string().regex(/^\w{1,63}$/), path)
    .default({})
    .describe('Values of the answer for later steps, by the name of their placeholder.'),
  timeoutMs: z.int().min(10).max(60_000).default(5_000).describe('Limit of the step, milliseconds.'),
});

export const stepsSchema = z.array(step).min(1).max(50);
export const attemptsSchema = z.int().min(1).max(5);

type Step = z.output<typeof step>;

export function httpTest(steps: readonly Step[], attempts: number): Test {
  return async (question, signal) => {
    for (let attempt = 1; ; attempt++) {
      const result = await once(steps, subjectOf(question), signal);
      if (result.answer !== 'refuse' || attempt >= attempts || signal.aborted) return result;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  };
}

interface Row {
  readonly step: string;
  readonly status: number | null;
  readonly latencyMs: number | null;
  readonly faults: readonly string[];
}

async function once(steps: readonly Step[], subject: Values, signal: AbortSignal): Promise<TestResult> {
  let values = subject;
  const rows: Row[] = [];
  const end = (answer: TestResult['answer'], said: string): TestResult => ({
    answer,
    said,
    report: { name: 'steps.json', mediaType: 'application/json', content: JSON.stringify(rows, null, 2) },
  });
  for (const [at, one] of steps.entries()) {
    const name = `step ${at + 1}, ${one.name}`;
    const asked = await ask(one, values, signal);
    if ('problem' in asked) {
      rows.push({ step: one.name, status: null, latencyMs: null, faults: [asked.problem] });
      return end(asked.answer, `${name}: ${asked.problem}`);
    }
    const { status, latencyMs } = asked;
    const kept = keptFrom(asked.text, one.keep);
    const faults = faultsOf(expected(one), asked);
    const all = faults.length === 0 && 'missing' in kept ? [kept.missing] : faults;
    rows.push({ step: one.name, status, latencyMs: Math.round(latencyMs), faults: all });
    if (all.length > 0) return end('refuse', `${name}: ${all.join('; ')}; mend it, and start again`);
    values = { ...values, ...('values' in kept ? kept.values : {}) };
  }
  return end('open', `${steps.length} of ${steps.length} steps passed`);
}

type Asked = StepAnswer | { readonly problem: string; readonly answer: 'hold' | 'refuse' };

async function ask(one: Step, values: Values, signal: AbortSignal): Promise<Asked> {
  const url = fill(one.url, values, encodeURIComponent);
  const rest = fillIn({ headers: one.headers, body: one.body }, values);
  if ('unknown' in url || 'unknown' in rest) {
    const unknown = [url, rest].flatMap((each) => ('unknown' in each ? each.unknown : []));
    const problem = `nothing has given ${[...new Set(unknown)].join(', ')}; correct its placeholders`;
    return { problem, answer: 'refuse' };
  }
  const secret = one.authorization === undefined ? undefined : await readSecret(one.authorization);
  if (one.authorization !== undefined && !secret)
    return { problem: `${placeOf(one.authorization)} is missing or empty`, answer: 'hold' };
  const { headers, body } = rest.value;
  const request = {
    method: one.method,
    headers: { ...headers, ...(secret ? { authorization: secret } : {}) },
    maxBytes,
    ...(body === undefined ? {} : { body }),
  };
  const startedMs = performance.now();
  try {
    const answer = await within(one.timeoutMs, (limit) => outgoing(url.text, request, limit), signal);
    return { ...answer, latencyMs: performance.now() - startedMs };
  } catch (error) {
    if (signal.aborted) return { problem: 'nobody waits for it any more', answer: 'hold' };
    if (error instanceof OutgoingError || error instanceof NoAnswer)
      return { problem: `${error.message}; see that it is up`, answer: 'hold' };
    return {
      problem: 'the request could not be made; correct its address, headers and body',
      answer: 'refuse',
    };
  }
}

function expected({ expect }: Step): Expectation {
  const { status, maxLatencyMs = null } = expect;
  return { ...expect, status: typeof status === 'number' ? [status] : status, maxLatencyMs };
}
