/** What notifiers over HTTP share: one request, and what its answer means. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import { OutgoingError, type OutgoingRequest, outgoing, refusedHost } from '../outgoing.ts';
import { placeOf, readSecret, type SecretSource } from '../secret.ts';

const maxBytes = 256 * 1024;
/** What a receiver asks for is heeded up to here. */
const longestPauseMs = 600_000;

/**
 * Refused for good: the same message would be refused again. Whatever else is no success may be put right meanwhile.
 */
const final = [400, 410, 413, 415, 422];

interface Call {
  readonly url: string;
  /** Who answers, for messages to people: never the address, which may be the secret itself. */
  readonly who: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The text of a 2xx answer. Errors: `notify-failed`, `notify-refused`. */
export async function post(call: Call & { readonly body: string }, signal: AbortSignal): Promise<string> {
  const headers = { 'content-type': 'application/json', ...call.headers };
  return await send(call, { method: 'POST', headers, body: call.body, maxBytes }, signal);
}

/** As `post`, for what has to be looked up first. */
export async function get(call: Call, signal: AbortSignal): Promise<string> {
  return await send(call, { headers: call.headers ?? {}, maxBytes }, signal);
}

async function send({ url, who }: Call, request: OutgoingRequest, signal: AbortSignal): Promise<string> {
  const answer = await outgoing(url, request, signal).catch((error: unknown) => {
    if (error instanceof OutgoingError) throw failed(who, error.message);
    throw error;
  });
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  const what = `it answered ${answer.status}`;
  if (final.includes(answer.status)) throw refused(who, what);
  throw failed(who, what, pauseIn(answer.headers));
}

/** Worth another try. `retryAfterMs`: when the receiver wants it. */
export function failed(who: string, what: string, retryAfterMs: number | null = null): SluiceError {
  const details = retryAfterMs === null ? {} : { retryAfterMs };
  return new SluiceError('notify-failed', `${who} could not be told: ${what}.`, { details });
}

export function refused(who: string, what: string): SluiceError {
  return new SluiceError('notify-refused', `${who} takes no such message: ${what}.`);
}

function pauseIn(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(longestPauseMs, seconds * 1000) : null;
}

/** For what is told by other means than HTTP. Errors: `notify-failed`. */
export function checkHost(who: string, host: string): void {
  const refusal = refusedHost(host);
  if (refusal !== null) throw failed(who, refusal);
}

/** The value of a secret that the notifier cannot do without. */
export async function secretOf(who: string, source: SecretSource): Promise<string> {
  const value = await readSecret(source);
  if (value !== null) return value;
  throw failed(who, `${placeOf(source)} is missing or empty`);
}

/** An address that is a secret of its own, such as that of an incoming webhook. */
export async function addressOf(who: string, source: SecretSource): Promise<string> {
  const value = await secretOf(who, source);
  const usable = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (usable) return value;
  throw failed(who, `${placeOf(source)} holds no http or https address`);
}

export const httpAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password } = new URL(text);
    return username === '' && password === '';
  }, 'must have no user name and no password');

/** The answer as JSON of that shape. Errors: `notify-failed`. */
export function parsed<T>(who: string, text: string, schema: z.ZodType<T>): T {
  const { data } = schema.safeParse(parsedJson(text));
  if (data !== undefined) return data;
  throw failed(who, 'its answer makes no sense');
}
