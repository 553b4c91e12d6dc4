/**
 * Reads series for charts: the past from history, fetched again only when it has grown, the present from the heartbeat.
 */

import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { z } from 'zod';
import { rolloutSeries, type SeriesPast, seriesPast, type WatchSeen } from '../../audit/series.ts';
import { decoded } from '../../codec/readable.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { checkRecordSchema, type RolloutSeries, watchSeriesSchema } from '../contract.ts';
import { idOfRef } from '../run-ref.ts';
import type { RunRef } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { fetchRuns } from './histories.ts';
import { lengthOf, Pasts } from './pasts.ts';
import { type Described, describeLatest } from './view.ts';

/** So long everybody gets what one has asked for. */
const sharedMs = 1_000;

/** What an answer was read of. */
interface Source {
  readonly runId: string;
  readonly startedAtMs: number;
  /** Of its history. */
  readonly length: string;
}

interface Shared {
  readonly askedMs: number;
  readonly reading: Promise<RolloutSeries>;
  /** Null: not known yet. */
  source: Source | null;
}

export class SeriesReader {
  private readonly pasts = new Pasts<SeriesPast>();
  private readonly shared = new Map<string, Shared>();
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /**
   * Who asks while an answer is on its way, or is new, gets the same. `sinceMs`: unless it was asked for before then, as
   * of `performance.now()`. Default: whenever it was. Errors: `rollout-not-found`, `temporal-unavailable`.
   */
  read(ref: RunRef, sinceMs = Number.NEGATIVE_INFINITY): Promise<RolloutSeries> {
    const key = idOfRef(ref);
    const known = this.shared.get(key);
    if (known && known.askedMs > sinceMs) return known.reading;
    const askedMs = performance.now();
    const described = describeLatest(this.deps, ref);
    const shared: Shared = { askedMs, reading: this.readOf(ref, described), source: null };
    const forget = () => {
      if (this.shared.get(key) === shared) this.shared.delete(key);
    };
    this.shared.set(key, shared);
    described.then((one) => {
      shared.source = sourceOf(one);
    }, forget);
    shared.reading.then(() => setTimeout(forget, sharedMs).unref(), forget);
    return shared.reading;
  }

  /** Whoever was told of a turn of the rollout asks for what led to it, which a shorter history does not have. */
  heardOf(described: Described): void {
    const { environment, service, runId } = described.summary;
    const heard = sourceOf(described);
    for (const key of [idOfRef({ environment, service }), idOfRef({ environment, service, runId })]) {
      const source = this.shared.get(key)?.source;
      if (!source || isOlder(source, heard)) this.shared.delete(key);
    }
  }

  /** Something was changed from here: whoever did that looks for it at once. */
  changed(): void {
    this.shared.clear();
  }

  private async readOf(ref: RunRef, describing: Promise<Described>): Promise<RolloutSeries> {
    const described = await describing;
    const { runId } = described.summary;
    const past = await this.pasts.of(described, async () =>
      seriesPast(await fetchRuns(this.deps, { ...ref, runId })),
    );
    return { target: targetOf(ref), runId, ...rolloutSeries(past, liveWatchOf(described.raw)) };
  }
}

function sourceOf({ summary: { runId, startedAtMs }, raw }: Described): Source {
  return { runId, startedAtMs, length: lengthOf(raw) };
}

/** An earlier run that somebody looks at says nothing of the latest. */
function isOlder(known: Source, heard: Source): boolean {
  return known.runId === heard.runId ? known.length !== heard.length : known.startedAtMs <= heard.startedAtMs;
}

const beatSchema = z.object({
  stage: z.number(),
  carry: z.object({ checks: z.array(checkRecordSchema) }),
  series: watchSeriesSchema,
  atMs: z.number(),
});

/** Of the watches under way the one that was heard of last; an obsolete one may still be ending. */
function liveWatchOf({
  pendingActivities,
}: DescribeWorkflowExecutionResponse): (WatchSeen & { atMs: number }) | null {
  const beats = (pendingActivities ?? [])
    .filter(({ activityType }) => activityType?.name === 'watch')
    .map(({ heartbeatDetails }) => beatSchema.safeParse(decoded(heartbeatDetails?.payloads?.[0])))
    .flatMap((reading) => (reading.success ? [reading.data] : []));
  const [latest] = beats.sort((a, b) => b.atMs - a.atMs);
  if (latest === undefined) return null;
  const { stage, carry, series, atMs } = latest;
  return { stage, checks: carry.checks, series, atMs };
}
