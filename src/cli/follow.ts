/** Follows a rollout to its end through lost connections, and says so while it cannot see. */
import { type RolloutView, rolloutViewSchema, troubleSchema } from '../api/contract.ts';
import { followRollout } from '../client/follow.ts';
import { clean } from './clean.ts';
import { type CliError, interruptedBy, unavailable } from './cli-error.ts';
import { type ApiClient, read, toldAsCliError } from './client.ts';
import type { Io } from './io.ts';
import type { Target } from './target.ts';

export type Followed =
  | { readonly kind: 'view'; readonly view: RolloutView; readonly raw: unknown }
  /** What was seen last may be old; `why` in a few words. */
  | { readonly kind: 'blind'; readonly why: string; readonly sinceMs: number };

interface FollowOptions {
  readonly run?: string;
  /** How long to go on without any answer before giving up. */
  readonly patienceMs: number;
}

/** Ends when the rollout has ended. Throws when it is unknown, at Ctrl-C, and when patience is over. */
export async function* follow(
  client: ApiClient,
  target: Target,
  { run, patienceMs }: FollowOptions,
  io: Pick<Io, 'now' | 'sleep' | 'interrupted'>,
): AsyncGenerator<Followed> {
  const { url, settings } = client;
  const interrupted = io.interrupted();
  const signs = followRollout(
    settings,
    { ...target, ...(run === undefined ? {} : { run }) },
    {
      signal: interrupted,
      clock: { now: io.now, sleep: io.sleep, random: Math.random },
      reader: {
        view: (data) => read(url, rolloutViewSchema, data),
        trouble: (data) => read(url, troubleSchema, data),
      },
    },
  );
  try {
    for await (const sign of signs) {
      if (sign.kind === 'view') yield { kind: 'view', view: sign.view, raw: sign.raw };
      if (sign.kind === 'trouble') {
        yield { kind: 'blind', why: sign.trouble.message, sinceMs: sign.trouble.sinceMs };
      }
      if (sign.kind !== 'lost') continue;
      const why = String(clean(sign.error.detail));
      if (io.now() - sign.heardAtMs > patienceMs) throw givenUp(url, why, patienceMs);
      yield { kind: 'blind', why, sinceMs: sign.heardAtMs };
    }
  } catch (error) {
    throw interrupted.aborted ? stopped(interrupted.reason) : toldAsCliError(url, error);
  }
}

function stopped(cause: unknown): CliError {
  return interruptedBy(cause, {
    detail: 'Stopped watching; the rollout goes on.',
    advice: 'Watch it again with `sluice watch`, or take it back with `sluice rollback`.',
  });
}

function givenUp(url: string, why: string, patienceMs: number): CliError {
  return unavailable(
    `Nothing was heard from the API at ${url} for ${Math.round(patienceMs / 1000)} s: ${why}`,
    'The rollout goes on without it. Check the API, or wait longer with --patience.',
  );
}
