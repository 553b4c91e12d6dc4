/** One check over the whole rollout, as its chart and its table have it. Pure. */
import type { CheckSeries, RolloutSeries } from '../../../../api/contract.ts';
import { type Region, regionAt } from '../../../../domain/analysis/allowed.ts';
import type { CheckRecord, VerdictKind } from '../../../../domain/analysis/types.ts';

export interface ChartLook extends Region {
  readonly atMs: number;
  readonly verdict: VerdictKind;
  readonly canary: number | null;
  readonly stable: number | null;
  /** Where the canary surely lies. */
  readonly from: number | null;
  readonly to: number | null;
}

interface ChartStage {
  readonly name: string;
  readonly looks: readonly ChartLook[];
}

export interface CheckChart {
  readonly name: string;
  readonly unit: string;
  readonly kind: string;
  /** Judged by evidence over many looks: a value beyond the limits is no failure in itself. */
  readonly isTested: boolean;
  /** Of the latest stage. */
  readonly record: CheckRecord | null;
  /** Those in which it was looked at, in order. */
  readonly stages: readonly ChartStage[];
}

/** In the order of the plan; a check that several stages have is one chart. */
export function checkCharts({ stages }: RolloutSeries): CheckChart[] {
  const names = [...new Set(stages.flatMap(({ checks }) => checks.map(({ name }) => name)))];
  return names.map((name) => {
    const own = stages.flatMap((part) =>
      part.checks
        .filter((check) => check.name === name)
        .map((check) => ({ name: part.after ? 'after promotion' : part.name, check })),
    );
    const last = own.at(-1)?.check;
    return {
      name,
      unit: last?.unit ?? '',
      kind: last?.kind ?? '',
      isTested: last?.kind === 'counts',
      record: own.findLast(({ check }) => check.record !== null)?.check.record ?? null,
      stages: own
        .filter(({ check }) => check.atMs.length > 0)
        .map((part) => ({ name: part.name, looks: looksOf(part.check) })),
    };
  });
}

function looksOf({ atMs, verdict, canary, stable, low, high, allowed }: CheckSeries): ChartLook[] {
  return atMs.map((time, at) => {
    const beside = stable[at] ?? null;
    const region = allowed === null ? { low: null, high: null } : regionAt(allowed, beside);
    return {
      atMs: time,
      verdict: verdict[at] ?? 'error',
      canary: canary[at] ?? null,
      stable: beside,
      from: low[at] ?? null,
      to: high[at] ?? null,
      ...region,
    };
  });
}

/**
 * What the vertical axis shows: both arms and the limits. Intervals are wide at first, and would press the rest flat.
 */
export function rangeOf({ stages }: CheckChart): readonly [low: number, high: number] {
  const looks = stages.flatMap((stage) => stage.looks);
  const latest = looks.at(-1);
  const values = [
    ...looks.flatMap(({ canary, stable, low, high }) => [canary, stable, low, high]),
    latest?.from ?? null,
    latest?.to ?? null,
  ].filter((value): value is number => value !== null);
  if (values.length === 0) return [0, 1];
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((greatest, value) => Math.max(greatest, value));
  const room = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1;
  // Shares, times and counts begin at 0, and hardly anything that is measured lies below.
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

export interface ChartEvidence {
  /** On a scale of powers, as evidence multiplies: at 1 the check fails. */
  readonly part: number;
  /** Null: it has reached `failsAt`, which counts also where evidence has shrunk since. */
  readonly value: number | null;
  readonly failsAt: number;
}

/** What the latest look of a test decides by; null: it makes none, or has not looked. */
export function evidenceOf(record: Pick<CheckRecord, 'last'> | null): ChartEvidence | null {
  const { kind, statistics } = record?.last ?? {};
  if (statistics === undefined) return null;
  const { eValue, failsAt } = statistics;
  if (kind === 'fail') return { part: 1, value: null, failsAt };
  const part = eValue <= 1 ? 0 : Math.min(1, Math.log(eValue) / Math.log(failsAt));
  return { part, value: eValue, failsAt };
}

export function latestLook({ stages }: CheckChart): ChartLook | null {
  return stages.at(-1)?.looks.at(-1) ?? null;
}
