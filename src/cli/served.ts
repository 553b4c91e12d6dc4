/** A command that the API cannot serve for the moment is sent again, under one key, so that it is carried out once. */
import type { CallOptions } from '../client/types.ts';
import { CliError } from './cli-error.ts';
import type { Io } from './io.ts';
import { writeLines } from './text.ts';

/** With what each try may take, some twenty seconds in all. */
const mostTries = 5;
/** Who is to come back later than that is told so instead. */
const longestWaitMs = 10_000;
/** By code: a worker or a Temporal that has much to do, and an API that has been asked too much. */
export const passing: ReadonlySet<string> = new Set([
  'worker-absent',
  'temporal-unavailable',
  'rate-limited',
]);

interface Sending {
  readonly key: string;
  /** Of what is `passing`, that after which the same command surely means the same. */
  readonly againAfter: ReadonlySet<string>;
}

/** Throws what the last try threw, with the key under which it may be sent once more. */
export async function untilServed<T>(
  { key, againAfter }: Sending,
  send: (options: CallOptions) => Promise<T>,
  io: Pick<Io, 'err' | 'sleep'>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send({ idempotencyKey: key });
    } catch (error) {
      if (!(error instanceof CliError) || !passing.has(error.failure.code)) throw error;
      const waitMs = againAfter.has(error.failure.code) ? waitMsOf(error) : null;
      if (waitMs === null || tries === mostTries) throw withKey(error, key);
      if (tries === 1) writeLines(io.err, [`waiting, and asking again: ${error.failure.detail}`]);
      await io.sleep(waitMs);
    }
  }
}

/** Null: it is of no use to wait. Up to half as long again by chance, so that many do not come back as one. */
function waitMsOf({ failure, retryAfterMs }: CliError): number | null {
  if (retryAfterMs === null || retryAfterMs > longestWaitMs || failure.details.workerSeen === false)
    return null;
  return Math.round(retryAfterMs * (1 + Math.random() / 2));
}

function withKey({ exitCode, failure, retryAfterMs }: CliError, key: string): CliError {
  const advice = `${failure.advice} Sent again with --idempotency-key ${key} it is carried out once.`;
  return new CliError(exitCode, { ...failure, advice }, { retryAfterMs });
}
