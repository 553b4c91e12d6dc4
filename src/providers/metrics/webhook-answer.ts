/** Reads what a webhook answers: counts, a value, or `null` for no data; anything else is an error. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { HttpAnswer } from './http-transport.ts';

export const answerFields = ['value', 'samples', 'bad', 'total'] as const;
export type AnswerField = (typeof answerFields)[number];
export type WebhookAnswer = Readonly<Partial<Record<AnswerField, number>>>;

const count = z.int().min(0);
const schema = z.union([
  z.strictObject({ bad: count, total: count }).refine(({ bad, total }) => bad <= total),
  z.strictObject({ value: z.number(), samples: z.exactOptional(count) }),
  z.null(),
]);

/** Null: no data. Throws `metrics-query` where the question is refused, else `metrics-unavailable`. */
export function readWebhookAnswer(url: string, { ok, status, body }: HttpAnswer): WebhookAnswer | null {
  if (status === 400 || status === 422)
    throw new SluiceError('metrics-query', `${url} refused the query (HTTP ${status}).`);
  if (!ok) throw new SluiceError('metrics-unavailable', `${url} answered with HTTP ${status}.`);
  const reading = schema.safeParse(parsed(body));
  if (reading.success) return reading.data;
  throw new SluiceError(
    'metrics-unavailable',
    `${url} answered with something else than {bad, total}, {value, samples} or null.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
