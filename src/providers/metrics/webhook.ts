/** Asks an address of the operator's for numbers: one question by POST in JSON, one answer of counts or of a value. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { within } from '../limit.ts';
import { type SecretSource, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { signed } from '../signing.ts';
import { addressSetting, connectionSettings, tlsNeedsHttps } from './connection-settings.ts';
import { httpSource } from './http-source.ts';
import type { MetricsProvider, MetricsProviderType } from './types.ts';
import { readWebhookAnswer, type WebhookAnswer } from './webhook-answer.ts';
import { parseQuestion, type WebhookQuery } from './webhook-question.ts';

const settings = z
  .strictObject({
    ...connectionSettings,
    url: addressSetting.describe('Address to which each question is posted as JSON.'),
    secret: secretSource
      .optional()
      .describe('Where to read the secret that questions are signed with (HMAC-SHA256, X-Sluice-Signature).'),
  })
  .superRefine(({ url, tls }, context) => {
    const problem = tlsNeedsHttps([url], tls);
    if (problem !== null) context.addIssue({ code: 'custom', ...problem });
  });

/** Far longer than answers are. */
const maxBytes = 64 * 1024;

export const webhook: MetricsProviderType = {
  type: 'webhook',
  summary: 'Asks an address of the operator for counts or a value, by JSON.',
  options: z.strictObject({}),
  settings,
  create: (given) => createWebhook(readSettings('webhook', settings, given)),
};

function createWebhook(given: z.output<typeof settings>): MetricsProvider {
  const source = httpSource(given);
  /** Under way: several numbers of one answer are asked for at the same time, and the question is sent once. */
  const asked = new Map<string, Promise<WebhookAnswer | null>>();

  const post = async (body: string): Promise<WebhookAnswer | null> =>
    await source.ask(given.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await signature(given.secret, body)) },
      body,
      maxBytes,
      read: (answer) => readWebhookAnswer(given.url, answer),
    });

  const answerTo = ({ name, rangeMs, labels, arm }: WebhookQuery, atMs: number | undefined) => {
    const key = JSON.stringify([name, rangeMs, labels, atMs]);
    const known = asked.get(key);
    if (known !== undefined) return known;
    const toMs = atMs ?? Date.now();
    const [from, to] = [toMs - rangeMs, toMs].map((ms) => new Date(ms).toISOString());
    const answer = post(JSON.stringify({ query: name, arm, labels, from, to }));
    asked.set(key, answer);
    const forget = () => asked.delete(key);
    answer.then(forget, forget);
    return answer;
  };

  return {
    async instant(query, { signal, atMs } = {}) {
      refuseAborted(signal);
      const question = parseQuestion(query);
      const answer = await within(2 * given.timeoutMs, () => answerTo(question, atMs), signal).catch(
        (error: unknown) => {
          throw error instanceof SluiceError ? error : cancelled();
        },
      );
      const value = answer?.[question.field] ?? null;
      if (answer !== null && value === null) {
        const given = Object.keys(answer).join(' and ');
        throw new SluiceError(
          'metrics-query',
          `The webhook answered ${question.name} with ${given}, without ${question.field}.`,
        );
      }
      return value === null ? [] : [{ labels: question.labels, points: [[atMs ?? Date.now(), value]] }];
    },
    async range(_query, { signal }) {
      refuseAborted(signal);
      throw refused('has no series: `series`, `trend` and `anomaly` need another source');
    },
    async counters(_selector, { signal }) {
      refuseAborted(signal);
      throw refused('has no counters: write what is to be counted with [{{window}}] behind it');
    },
    async close() {
      source.close();
    },
  };
}

async function signature(source: SecretSource | undefined, body: string): Promise<Record<string, string>> {
  const answer = await signed(source, body);
  if ('headers' in answer) return answer.headers;
  const said = `${answer.problem.charAt(0).toUpperCase()}${answer.problem.slice(1)}.`;
  throw new SluiceError('metrics-unavailable', said);
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

function cancelled(): SluiceError {
  return new SluiceError('metrics-unavailable', 'The query was cancelled before the webhook answered.');
}

function refused(why: string): SluiceError {
  return new SluiceError('metrics-query', `A webhook ${why}.`);
}
