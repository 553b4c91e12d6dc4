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

/** By then the API has kept for which rollout a user's own key is; another failure may have come before that. */
export const onceKept: ReadonlySet<string> = new Set(['worker-absent']);

interface Sending {
  readonly key: string;
  /** Whether the user gave the key: with any other the rollout is named where it is seen, and the API keeps none. */
  readonly isOwn: boolean;
  /** Of what is `passing`, that after which the same command surely means the same. */
  readonly againAfter: ReadonlySet<string>;
}

/** Throws what the last try threw, with how the command may be given once more and do nothing else. */
export async function untilServed<T>(
  { key, isOwn, againAfter }: Sending,
  send: (options: CallOptions) => Promise<T>,
  io: Pick<Io, 'err' | 'sleep'>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send({ idempotencyKey: key });
    } catch (error) {
      if (!(error instanceof CliError) || !passing.has(error.failure.code)) throw error;
      const waitMs = againAfter.has(error.failure.code) ? waitMsOf(error) : null;
      if (waitMs === null || tries === mostTries) throw withAdvice(error, isOwn ? key : null);
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

/** `ownKey` null: a later command under the same key may be for a rollout that has begun since. */
function withAdvice({ exitCode, failure, retryAfterMs }: CliError, ownKey: string | null): CliError {
  const again =
    ownKey !== null && onceKept.has(failure.code)
      ? `Sent again with --idempotency-key ${ownKey} it is carried out once.`
      : 'Look with `sluice status` where the rollout stands before you give the command anew.';
  return new CliError(exitCode, { ...failure, advice: `${failure.advice} ${again}` }, { retryAfterMs });
}
