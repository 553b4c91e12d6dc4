/** Adds to the series what each event of the stream brings, so that charts move with every look and ask for nothing. */
import type { CheckSeries, RolloutSeries, RolloutView, StageSeries } from '../../../../api/contract.ts';
import { pointOfVerdict } from '../../../../domain/analysis/look-point.ts';
import type { CheckRecord, Verdict } from '../../../../domain/analysis/types.ts';
import type { WatchProgress } from '../../../../domain/rollout/status.ts';

/** Times of kept looks are rounded to a tenth of a second. */
const roundedMs = 100;
/** Measured shares come with every event; one a second is enough. */
const shareEveryMs = 1_000;
/** Of what a page has gathered by itself: a day at one look in half a minute. */
const most = 3_000;

export function withLive(series: RolloutSeries, view: RolloutView): RolloutSeries {
  const asked = withAsked(series.asked, view);
  const { live } = view;
  if (live === null || live.atMs <= (series.liveAtMs ?? 0)) return { ...series, asked };
  return {
    ...series,
    asked,
    measured: withMeasured(series.measured, live),
    stages: series.stages.map((part) => (isLive(part, view) ? withLooks(part, live) : part)),
    liveAtMs: live.atMs,
  };
}

/** Whether the stage under way is in the series, so that its looks can be added. */
export function knowsStage(series: RolloutSeries, view: RolloutView): boolean {
  return view.live === null || series.stages.some((part) => isLive(part, view));
}

function isLive({ stage, after }: StageSeries, { live, status }: RolloutView): boolean {
  return stage === live?.stage && after === (status?.phase === 'watching');
}

function withLooks(part: StageSeries, { verdicts, carry }: WatchProgress): StageSeries {
  const checks = part.checks.map((check) => {
    const verdict = verdicts.find((one) => one.check === check.name);
    const record = carry.checks.find(({ name }) => name === check.name) ?? check.record;
    return verdict === undefined ? check : withLook(check, verdict, record);
  });
  return { ...part, checks };
}

function withLook(check: CheckSeries, verdict: Verdict, record: CheckRecord | null): CheckSeries {
  const last = check.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (verdict.atMs <= last + roundedMs) return { ...check, record };
  const turned = check.kind === 'counts' && check.allowed?.beside?.side === 'min';
  const { atMs, kind, canary, stable, low, high } = pointOfVerdict(verdict, turned);
  return {
    ...check,
    record,
    atMs: grown(check.atMs, atMs),
    verdict: grown(check.verdict, kind),
    canary: grown(check.canary, canary),
    stable: grown(check.stable, stable),
    low: grown(check.low, low),
    high: grown(check.high, high),
  };
}

function withMeasured(known: RolloutSeries['measured'], { atMs, measuredPercent }: WatchProgress) {
  const last = known.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (measuredPercent === null || atMs - last < shareEveryMs) return known;
  return { atMs: grown(known.atMs, atMs), percent: grown(known.percent, measuredPercent) };
}

/** A share that was set since the series was read: its time is that of the line of the story that tells of it. */
function withAsked(known: RolloutSeries['asked'], { status }: RolloutView): RolloutSeries['asked'] {
  const told = status?.timeline.findLast(({ kind }) => setsShare.has(kind));
  const last = known.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (status === null || told === undefined || told.atMs <= last) return known;
  if (known.percent.at(-1) === status.askedPercent) return known;
  return { atMs: [...known.atMs, told.atMs], percent: [...known.percent, status.askedPercent] };
}

const setsShare: ReadonlySet<string> = new Set(['shifted', 'promoted', 'ramp', 'restored']);

function grown<T>(values: readonly T[], value: T): T[] {
  return [...values, value].slice(-most);
}
