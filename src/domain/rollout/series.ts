/**
 * What a watch has seen, in little space: some looks of each check and the canary's measured share over time. It goes
 * into heartbeats and into the watch's result, so it has one greatest size however long a stage lasts.
 */
import type { LookPoint } from '../analysis/look-point.ts';
import type { VerdictKind } from '../analysis/types.ts';

const letters: Readonly<Record<VerdictKind, string>> = { pass: 'p', fail: 'f', 'no-data': 'n', error: 'e' };
const kinds = new Map<string, VerdictKind>([
  ['p', 'pass'],
  ['f', 'fail'],
  ['n', 'no-data'],
  ['e', 'error'],
]);

/**
 * Tenths of a second since the series began, the verdict's letter, canary, stable, and the interval where there is one.
 */
export type LookRow = readonly [
  after: number,
  kind: string,
  canary: number | null,
  stable: number | null,
  low?: number,
  high?: number,
];

/** Tenths of a second since the series began, and percent. */
type ShareRow = readonly [after: number, percent: number];

export interface WatchSeries {
  readonly fromMs: number;
  /** The watch was that after the promotion. */
  readonly after?: true;
  readonly checks: readonly { readonly name: string; readonly looks: readonly LookRow[] }[];
  readonly share: readonly ShareRow[];
}

/** Looks of all checks together; a third of it are those of one check at most, and the shares. */
export const allRows = 360;
/** One check has a thirtieth of them at least. */
const leastOf = (all: number) => all / 30;

export function rowsFor(checks: number, all = allRows): number {
  const own = Math.min(mostOf(all), all / Math.max(1, checks));
  return Math.floor(Math.max(leastOf(all), own));
}

function mostOf(all: number): number {
  return Math.floor(all / 3);
}

export function emptySeries(fromMs: number, checks: readonly string[], after: boolean): WatchSeries {
  const empty = checks.map((name) => ({ name, looks: [] }));
  return { fromMs, ...(after ? { after: true as const } : {}), checks: empty, share: [] };
}

/** `rows`: how many looks of all checks are kept at most. */
export function withLook(series: WatchSeries, check: string, point: LookPoint, rows = allRows): WatchSeries {
  const most = rowsFor(series.checks.length, rows);
  const checks = series.checks.map((one) =>
    one.name === check
      ? { ...one, looks: thinned([...one.looks, rowOf(series, point)], most, weightOf) }
      : one,
  );
  return { ...series, checks };
}

export function withShare(series: WatchSeries, atMs: number, percent: number, rows = allRows): WatchSeries {
  const row: ShareRow = [tenths(atMs - series.fromMs), short(percent)];
  return { ...series, share: thinned([...series.share, row], mostOf(rows), () => 1) };
}

export function pointsIn(series: WatchSeries, check: string): LookPoint[] {
  const rows = series.checks.find(({ name }) => name === check)?.looks ?? [];
  return rows.map(([after, kind, canary, stable, low = null, high = null]) => ({
    atMs: series.fromMs + after * 100,
    kind: kinds.get(kind) ?? 'error',
    canary,
    stable,
    low,
    high,
  }));
}

export function sharesIn({ fromMs, share }: WatchSeries): { atMs: number; percent: number }[] {
  return share.map(([after, percent]) => ({ atMs: fromMs + after * 100, percent }));
}

function rowOf({ fromMs }: WatchSeries, { atMs, kind, canary, stable, low, high }: LookPoint): LookRow {
  const head = [tenths(atMs - fromMs), letters[kind], shortOf(canary), shortOf(stable)] as const;
  return low === null || high === null ? head : [...head, short(low), short(high)];
}

/** Where a row is missed least, its neighbours being close together, it gives way; first and last stay. */
function thinned<R extends readonly [after: number, ...unknown[]]>(
  rows: readonly R[],
  most: number,
  weightOf: (row: R) => number,
): readonly R[] {
  let left = rows;
  while (left.length > most) left = withoutLeast(left, weightOf);
  return left;
}

function withoutLeast<R extends readonly [after: number, ...unknown[]]>(
  rows: readonly R[],
  weightOf: (row: R) => number,
): readonly R[] {
  let least = { at: 1, missed: Number.POSITIVE_INFINITY };
  for (const [at, row] of rows.entries()) {
    const [before, after] = [rows[at - 1], rows[at + 1]];
    if (before === undefined || after === undefined) continue;
    const missed = (after[0] - before[0]) * weightOf(row);
    if (missed < least.missed) least = { at, missed };
  }
  return rows.toSpliced(least.at, 1);
}

/** A failure is missed more than what is as it should be. */
function weightOf([, kind]: LookRow): number {
  return kind === letters.fail ? 16 : 1;
}

function tenths(ms: number): number {
  return Math.max(0, Math.round(ms / 100));
}

function shortOf(value: number | null): number | null {
  return value === null ? null : short(value);
}

/** Five digits are more than a chart can show. */
function short(value: number): number {
  return Number(value.toPrecision(5));
}
