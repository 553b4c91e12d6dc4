/**
 * The series of a rollout for charts: what its watches have left in history, and what the one under way knows so far.
 */
import type { AuditWatch, AuditWrite, CheckSeries, RolloutSeries, StageSeries } from '../api/contract.ts';
import { allowedOf } from '../domain/analysis/allowed.ts';
import { type LookPoint, lookPointOf, unitOf } from '../domain/analysis/look-point.ts';
import type { CheckConfig, CheckRecord } from '../domain/analysis/types.ts';
import type { Stage } from '../domain/plan/types.ts';
import { emptySeries, pointsIn, sharesIn, type WatchSeries, withLook } from '../domain/rollout/series.ts';
import { deedsOf } from './activities.ts';
import { planOf } from './audit.ts';
import { fieldOf, numberOf, type RunHistory } from './history.ts';

/** A watch as far as charts go: one that has ended, or the one under way. */
export interface WatchSeen {
  readonly stage: number;
  readonly checks: readonly CheckRecord[];
  readonly series: WatchSeries;
}

/** What history tells; it changes only when history grows. */
export interface SeriesPast {
  readonly stages: readonly Stage[];
  readonly watches: readonly WatchSeen[];
  readonly asked: readonly SharePoint[];
}

interface SharePoint {
  readonly atMs: number;
  readonly percent: number;
}

export function seriesPast(runs: readonly RunHistory[]): SeriesPast {
  const stages = stagesOf(runs);
  const deeds = runs.map(({ history }) => deedsOf(history.events ?? []));
  return {
    stages,
    watches: deeds.flatMap(({ watches }) => watches).flatMap((watch) => seenIn(watch, stages)),
    asked: deeds.flatMap(({ writes }) => writes).flatMap(stepsOf),
  };
}

export function rolloutSeries(
  { stages, watches, asked }: SeriesPast,
  live: (WatchSeen & { readonly atMs: number }) | null,
): Omit<RolloutSeries, 'target' | 'runId'> {
  const all = live === null ? watches : [...watches, live];
  return {
    stages: stagesIn(stages, all),
    asked: sharesOf(asked),
    measured: sharesOf(all.flatMap(({ series }) => sharesIn(series))),
    liveAtMs: live?.atMs ?? null,
  };
}

/** As it was parsed when the rollout began; a history is no place that others write to. */
function stagesOf(runs: readonly RunHistory[]): readonly Stage[] {
  const stages = planOf(runs)?.stages;
  return Array.isArray(stages) ? (stages as Stage[]) : [];
}

/** A watch that kept no series has left its last verdicts, if any. */
function seenIn(watch: AuditWatch, stages: readonly Stage[]): WatchSeen[] {
  const { stage, checks, series } = watch;
  const configs = stages[stage ?? -1]?.checks;
  if (stage === null || configs === undefined) return [];
  return [{ stage, checks, series: series ?? seriesOfVerdicts(watch, configs) }];
}

function seriesOfVerdicts({ mode, verdicts }: AuditWatch, configs: readonly CheckConfig[]): WatchSeries {
  const names = configs.map(({ name }) => name);
  const empty = emptySeries(verdicts[0]?.atMs ?? 0, names, mode === 'after');
  return verdicts.reduce((series, verdict) => {
    const config = configs.find(({ name }) => name === verdict.check);
    return config === undefined ? series : withLook(series, config.name, lookPointOf(config, verdict));
  }, empty);
}

/** One part for each stage, and one for the watch after the promotion, in the order in which they came. */
function stagesIn(stages: readonly Stage[], watches: readonly WatchSeen[]): StageSeries[] {
  const keyOf = ({ stage, series }: WatchSeen) => `${stage}${series.after ? ' after' : ''}`;
  return [...new Set(watches.map(keyOf))].flatMap((key) => {
    const own = watches.filter((watch) => keyOf(watch) === key);
    const [first] = own;
    const stage = stages[first?.stage ?? -1];
    if (first === undefined || stage === undefined) return [];
    const { name, weightPercent } = stage;
    const checks = stage.checks.map((config) => checkIn(config, own));
    return [{ stage: first.stage, name, weightPercent, after: first.series.after === true, checks }];
  });
}

function checkIn(config: CheckConfig, watches: readonly WatchSeen[]): CheckSeries {
  const { name, kind } = config;
  const points = watches.flatMap(({ series }) => pointsIn(series, name));
  const records = watches.flatMap(({ checks }) => checks.filter((record) => record.name === name));
  return {
    name,
    kind,
    unit: unitOf(config),
    allowed: allowedOf(config),
    record: records.at(-1) ?? null,
    ...columnsOf(inOrder(points)),
  };
}

function columnsOf(points: readonly LookPoint[]) {
  return {
    atMs: points.map(({ atMs }) => atMs),
    verdict: points.map(({ kind }) => kind),
    canary: points.map(({ canary }) => canary),
    stable: points.map(({ stable }) => stable),
    low: points.map(({ low }) => low),
    high: points.map(({ high }) => high),
  };
}

function sharesOf(points: readonly SharePoint[]) {
  const sorted = inOrder(points);
  return { atMs: sorted.map(({ atMs }) => atMs), percent: sorted.map(({ percent }) => percent) };
}

/** A watch that ended between two questions to Temporal is seen twice: in history, and by its last heartbeat. */
function inOrder<P extends { readonly atMs: number }>(points: readonly P[]): P[] {
  const once = new Map(points.map((point) => [point.atMs, point]));
  return [...once.values()].sort((a, b) => a.atMs - b.atMs);
}

/** The shares that a write has set: of a shift what was read back, of a way down each of its steps. */
function stepsOf({ activity, atMs, askedPercent, readBack, failure }: AuditWrite): SharePoint[] {
  if (failure !== null) return [];
  if (Array.isArray(readBack)) return readBack.flatMap(stepIn);
  const read = numberOf(fieldOf(readBack, 'readWeightPercent'));
  const percent = activity === 'shift' ? (read ?? askedPercent) : askedPercent;
  return percent === null ? [] : [{ atMs, percent }];
}

function stepIn(step: unknown): SharePoint[] {
  const [percent, atMs] = [numberOf(fieldOf(step, 'percent')), numberOf(fieldOf(step, 'atMs'))];
  return percent === null || atMs === null ? [] : [{ percent, atMs }];
}
