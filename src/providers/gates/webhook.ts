/** Asks a service of the operator's own, which answers open, hold or refuse; the question is signed. */
import { z } from 'zod';
import { parsedJson } from '../../domain/parsed-json.ts';
import { OutgoingError, outgoing } from '../outgoing.ts';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { signed } from '../signing.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const maxBytes = 64 * 1024;
const pauseMs = 500;

const options = z.strictObject({
  input: z
    .record(z.string().max(63), z.union([z.string().max(500), z.number(), z.boolean()]))
    .default({})
    .describe('Handed to the service as it stands.'),
});

const settings = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).describe('Asked by POST.'),
  secret: secretSource.optional().describe('Where to read the secret that questions are signed with.'),
  tries: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('So often it is tried again within one look; the next look comes by itself.'),
  answers: z
    .enum(['json', 'status'])
    .default('json')
    .describe('json: the body says open, hold or refuse. status: 200 to 299 opens, anything else holds.'),
});

const answerOf = z.object({
  answer: z.enum(['open', 'hold', 'refuse']),
  reason: z.string().min(1),
  facts: z.record(z.string(), z.unknown()).default({}),
});

export const webhookGate: GateType = {
  type: 'webhook',
  summary:
    'A service of your own that is asked by a signed POST, and answers open, hold or refuse with a reason.',
  options,
  settings,
  create: (given) => createWebhook(readSettings('webhook', settings, given)),
};

function createWebhook({ url, secret, tries, answers }: z.output<typeof settings>): Gate {
  const read = answers === 'json' ? fromBody : fromStatus;
  return {
    async evaluate(question, signal) {
      const body = JSON.stringify(bodyOf(question));
      for (let attempt = 1; ; attempt++) {
        const signature = await signed(secret, body);
        if ('problem' in signature) return { answer: 'hold', reason: signature.problem };
        const headers = { 'content-type': 'application/json', ...signature.headers };
        const verdict = await post(url, body, headers, read, signal);
        if (!('again' in verdict)) return verdict;
        // Thrown, so that a guard that cannot be asked for a moment is not taken for one that has closed.
        if (attempt === tries) throw new Error(`${verdict.again}; see that the service answers`);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        signal.throwIfAborted();
      }
    },
    async close() {},
  };
}

function bodyOf({ options: given, nowMs, sinceMs, answers: _others, ...question }: GateQuestion): object {
  const { input } = options.parse(given);
  return {
    ...question,
    input,
    askedAt: new Date(nowMs).toISOString(),
    since: new Date(sinceMs).toISOString(),
  };
}

async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  read: (status: number, text: string) => GateVerdict,
  signal: AbortSignal,
): Promise<GateVerdict | { readonly again: string }> {
  try {
    const { status, text } = await outgoing(url, { method: 'POST', headers, body, maxBytes }, signal);
    if (status >= 500 || status === 429) return { again: `the service answered ${status}` };
    return read(status, text);
  } catch (error) {
    if (error instanceof OutgoingError) return { again: error.message };
    throw error;
  }
}

function fromStatus(status: number): GateVerdict {
  const yes = status >= 200 && status <= 299;
  const said = `the service answered ${status}`;
  return yes ? { answer: 'open', reason: said } : { answer: 'hold', reason: `${said}; see what it says` };
}

function fromBody(status: number, text: string): GateVerdict {
  if (status !== 200)
    return { answer: 'hold', reason: `the service answered ${status}; correct its settings` };
  const { data } = answerOf.safeParse(parsedJson(text));
  if (data !== undefined) return data;
  const reason = 'the service must answer {"answer": "open" | "hold" | "refuse", "reason": "…"}; correct it';
  return { answer: 'hold', reason };
}
