/** One rollout, live: its view as it changes, its series with every look added, and how true both are. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RolloutSeries, RolloutView } from '../../../api/contract.ts';
import type { Followed, FollowedRun, StreamLost, StreamOptions } from '../../../client/index.ts';
import { client, problemOf } from '../../api/client.ts';
import { isAway } from '../../live/connection.ts';
import { type Stream, useStream } from '../../live/use-stream.ts';
import { type Account, accountAfter } from './model/last-account.ts';
import { knowsStage, withLive } from './model/live-series.ts';
import { type Sight, sightAfter, sightless } from './model/sight.ts';

export interface RolloutSeen extends Stream {
  /** Null: nothing was seen yet. */
  readonly view: RolloutView | null;
  /** What it told of itself last; null: nothing yet. */
  readonly account: Account | null;
  readonly sight: Sight;
  readonly series: RolloutSeries | null;
  /** Why there is no series, in a sentence; null: there is one, or it is on its way. */
  readonly seriesProblem: string | null;
  /** What to take from this browser's clock to have that of the workers, as near as can be told. */
  readonly aheadMs: number;
}

export function useRollout({ environment, service, run }: FollowedRun): RolloutSeen {
  const [view, setView] = useState<RolloutView | null>(null);
  const [account, setAccount] = useState<Account | null>(null);
  const [sight, setSight] = useState(sightless);
  const [aheadMs, setAheadMs] = useState<number | null>(null);
  const open = useCallback(
    (options: StreamOptions) =>
      client.follow({ environment, service, ...(run === undefined ? {} : { run }) }, options),
    [environment, service, run],
  );
  const stream = useStream<Followed>(open, (sign: Exclude<Followed, StreamLost>) => {
    setSight((known) => sightAfter(known, sign));
    if (sign.kind !== 'view') return undefined;
    setView(sign.view);
    setAccount((known) => accountAfter(known, sign.view, sign.atMs));
    // Of all heartbeats the one that came quickest tells how far the clocks are apart.
    const { live } = sign.view;
    if (live !== null)
      setAheadMs((known) => Math.min(known ?? Number.POSITIVE_INFINITY, sign.atMs - live.atMs));
    return undefined;
  });
  const { series, problem } = useSeries(view, isAway(stream.connection.kind));
  return { ...stream, view, account, sight, series, seriesProblem: problem, aheadMs: aheadMs ?? 0 };
}

/** The least time between two questions for a stage that the series does not know yet, or after one that failed. */
const askAgainMs = 3_000;

/**
 * Asked for at first, at each turn of the rollout (a watch has ended, and history has it all) and after a lost
 * connection; in between it grows by what the stream brings.
 */
function useSeries(view: RolloutView | null, away: boolean) {
  const [series, setSeries] = useState<RolloutSeries | null>(null);
  // A new one for each question that failed, so that each is followed by another.
  const [problem, setProblem] = useState<{ readonly why: string } | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(view);
  const askedAtMs = useRef(0);
  const key = view === null ? null : `${view.runId} ${turnOf(view)} ${turn}`;

  useEffect(() => {
    latest.current = view;
    if (view === null) return;
    setSeries((known) => (known?.runId === view.runId ? withLive(known, view) : known));
  }, [view]);

  useEffect(() => {
    const { current } = latest;
    if (key === null || current === null || away) return;
    const stopped = new AbortController();
    const { environment, service, runId: run } = current;
    askedAtMs.current = Date.now();
    client
      .getSeries({ environment, service, run }, { signal: stopped.signal })
      .then((answer) => {
        setSeries(latest.current === null ? answer : withLive(answer, latest.current));
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!stopped.signal.aborted) setProblem({ why: problemOf(error).detail });
      });
    return () => stopped.abort();
  }, [key, away]);

  useEffect(() => {
    if (problem === null || away) return;
    const timer = setTimeout(() => setTurn((last) => last + 1), askAgainMs);
    return () => clearTimeout(timer);
  }, [problem, away]);

  useEffect(() => {
    const isNew = series !== null && view !== null && !knowsStage(series, view);
    if (isNew && Date.now() - askedAtMs.current > askAgainMs) setTurn((last) => last + 1);
  }, [series, view]);

  return { series, problem: problem?.why ?? null };
}

/** Changes when a watch has ended and another one may have begun. */
function turnOf({ status, endedAtMs }: RolloutView): string {
  const { phase = '', reports = [], paused = false } = status ?? {};
  return `${phase} ${paused} ${reports.length} ${endedAtMs !== null}`;
}
