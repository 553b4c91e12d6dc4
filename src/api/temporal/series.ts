/**
 * Reads series for charts: the past from history, fetched again only when it has grown, the present from the heartbeat.
 */

import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { z } from 'zod';
import { rolloutSeries, type SeriesPast, seriesPast, type WatchSeen } from '../../audit/series.ts';
import { decoded } from '../../codec/readable.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { checkRecordSchema, type RolloutSeries, watchSeriesSchema } from '../contract.ts';
import type { RunRef } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { fetchRuns } from './histories.ts';
import { Pasts } from './pasts.ts';
import { describeLatest } from './view.ts';

export class SeriesReader {
  private readonly pasts = new Pasts<SeriesPast>();
  private readonly underWay = new Map<string, Promise<RolloutSeries>>();
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /** Who asks while an answer is on its way gets the same. Errors: `rollout-not-found`, `temporal-unavailable`. */
  read(ref: RunRef): Promise<RolloutSeries> {
    const key = `${ref.environment}/${ref.service}/${ref.runId ?? ''}`;
    const known = this.underWay.get(key);
    if (known) return known;
    const reading = this.readNow(ref).finally(() => this.underWay.delete(key));
    this.underWay.set(key, reading);
    return reading;
  }

  private async readNow(ref: RunRef): Promise<RolloutSeries> {
    const described = await describeLatest(this.deps, ref);
    const { runId } = described.summary;
    const past = await this.pasts.of(described, async () =>
      seriesPast(await fetchRuns(this.deps, { ...ref, runId })),
    );
    return { target: targetOf(ref), runId, ...rolloutSeries(past, liveWatchOf(described.raw)) };
  }
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
