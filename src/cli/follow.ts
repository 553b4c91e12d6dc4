/** Follows a rollout to its end through lost connections, and says so while it cannot see. */
import { hasEnded, type RolloutView, rolloutViewSchema, troubleSchema } from '../api/contract.ts';
import { messageOf } from '../domain/errors.ts';
import { clean } from './clean.ts';
import { CliError, unavailable } from './cli-error.ts';
import { type ApiClient, strange } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import { readEvents, type ServerEvent } from './sse.ts';
import { pathOf, type Target } from './target.ts';

export type Followed =
  | { readonly kind: 'view'; readonly view: RolloutView; readonly raw: unknown }
  /** What was seen last may be old; `why` in a few words. */
  | { readonly kind: 'blind'; readonly why: string; readonly sinceMs: number };

export interface FollowOptions {
  readonly run?: string;
  /** How long to go on without any answer before giving up. */
  readonly patienceMs: number;
}

/** The API sends something at least every 15 s; after three missed signs the connection is dead. */
const silenceMs = 45_000;
const firstPauseMs = 250;
const longestPauseMs = 5000;

/** Ends when the rollout has ended. Throws when it is unknown, at Ctrl-C, and when patience is over. */
export async function* follow(
  client: ApiClient,
  target: Target,
  options: FollowOptions,
  io: Pick<Io, 'now' | 'sleep' | 'interrupted'>,
): AsyncGenerator<Followed> {
  const interrupted = io.interrupted();
  let run = options.run;
  let heardAtMs = io.now();
  let pauseMs = firstPauseMs;
  while (true) {
    let why = 'the connection ended';
    try {
      for await (const { event, data } of listen(client, pathOf(target, '/events', run), interrupted)) {
        heardAtMs = io.now();
        pauseMs = firstPauseMs;
        const followed = read(client.url, event, data);
        if (followed === null) continue;
        yield followed;
        if (followed.kind !== 'view') continue;
        run = followed.view.runId;
        if (hasEnded(followed.view)) return;
      }
    } catch (error) {
      if (interrupted.aborted) throw stopped();
      if (error instanceof CliError && error.exitCode !== exitCodes.unavailable) throw error;
      why = messageOf(error);
    }
    if (io.now() - heardAtMs > options.patienceMs) throw givenUp(client.url, why, options.patienceMs);
    yield { kind: 'blind', why, sinceMs: heardAtMs };
    await io.sleep(pauseMs, interrupted).catch(() => {
      throw stopped();
    });
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}

/** One connection; a silence longer than the API would ever keep ends it. */
async function* listen(
  client: ApiClient,
  path: string,
  interrupted: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const silent = new AbortController();
  const end = () => silent.abort(new Error('nothing was heard for a long time'));
  let timer = setTimeout(end, silenceMs);
  try {
    const body = await client.stream(path, AbortSignal.any([interrupted, silent.signal]));
    for await (const event of readEvents(body)) {
      clearTimeout(timer);
      timer = setTimeout(end, silenceMs);
      if (event.event === 'end') return;
      yield event;
    }
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
}

function read(url: string, event: string, data: string): Followed | null {
  if (event !== 'status' && event !== 'trouble') return null;
  const raw: unknown = JSON.parse(data);
  const reading =
    event === 'status' ? rolloutViewSchema.safeParse(clean(raw)) : troubleSchema.safeParse(clean(raw));
  if (!reading.success) throw strange(url, reading.error.issues[0]?.path.join('.') ?? event);
  if ('sinceMs' in reading.data)
    return { kind: 'blind', why: reading.data.message, sinceMs: reading.data.sinceMs };
  return { kind: 'view', view: reading.data, raw };
}

function stopped(): CliError {
  return new CliError(exitCodes.interrupted, {
    code: 'interrupted',
    detail: 'Stopped watching; the rollout goes on.',
    advice: 'Watch it again with `sluice watch`, or take it back with `sluice rollback`.',
    problems: [],
  });
}

function givenUp(url: string, why: string, patienceMs: number): CliError {
  return unavailable(
    `Nothing was heard from the API at ${url} for ${Math.round(patienceMs / 1000)} s: ${why}`,
    'The rollout goes on without it. Check the API, or wait longer with --patience.',
  );
}
