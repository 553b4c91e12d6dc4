/** Numbers and charts in words: for the lines beside charts, and for whoever cannot see them. Pure. */

import type { Region } from '../../../../domain/analysis/allowed.ts';
import { amount, saysTooFew, spoken } from '../../../../domain/analysis/format.ts';
import type { Verdict, VerdictKind } from '../../../../domain/analysis/types.ts';
import {
  type ChartEvidence,
  type ChartLook,
  type CheckChart,
  evidenceOf,
  latestLook,
} from './check-chart.ts';

export const verdictWords: Readonly<Record<VerdictKind, string>> = {
  pass: 'passes',
  fail: 'fails',
  'no-data': 'no data',
  error: 'not measured',
};

/** The word of a verdict whose reason is known. */
export function verdictWord({ kind, reason }: Pick<Verdict, 'kind' | 'reason'>): string {
  return kind === 'no-data' && saysTooFew(reason) ? 'too few yet' : verdictWords[kind];
}

/** Three digits: charts are for seeing, the sentence of the check has the rest. */
export function valueText(value: number | null, unit: string): string {
  return value === null ? '—' : amount(value, unit, 3);
}

export function allowedText({ low, high }: Region, unit: string): string {
  if (low === null && high === null) return 'judged by a test, without a fixed limit';
  if (low === null) return `at most ${valueText(high, unit)}`;
  if (high === null) return `at least ${valueText(low, unit)}`;
  return rangeText(low, high, unit, 'to');
}

export function intervalText({ from, to }: ChartLook, unit: string): string {
  return from === null || to === null ? '—' : rangeText(from, to, unit, 'and');
}

/** Each end of a range of seconds may be in a unit of its own. */
function rangeText(low: number, high: number, unit: string, between: 'to' | 'and'): string {
  return `${valueText(low, unit === 's' ? unit : '')} ${between} ${valueText(high, unit)}`;
}

/** A limit that is tested is what the canary is held against, and what it measures may lie beyond by chance. */
export function limitName({ isTested }: Pick<CheckChart, 'isTested'>): string {
  return isTested ? 'held against' : 'limit';
}

export function limitText(region: Region, { isTested, unit }: Pick<CheckChart, 'isTested' | 'unit'>): string {
  const limit = region.low ?? region.high;
  return isTested && limit !== null ? valueText(limit, unit) : allowedText(region, unit);
}

export function evidenceText({ value, failsAt }: ChartEvidence): string {
  const limit = Number(failsAt.toPrecision(2));
  return value === null
    ? `reached ${limit}, at which it fails`
    : `${Number(value.toPrecision(2))}, fails at ${limit}`;
}

/** What a chart shows, in one or two sentences. */
export function chartText(chart: CheckChart): string {
  const { name, unit, record } = chart;
  const look = latestLook(chart);
  if (look === null) return `${spoken(name)}: nothing was measured yet.`;
  const beside = look.stable === null ? '' : ` against ${valueText(look.stable, unit)} of stable`;
  const evidence = evidenceOf(record);
  const rule = chart.isTested
    ? `${limitName(chart)} ${limitText(look, chart)}`
    : `allowed ${allowedText(look, unit)}`;
  const proof = evidence === null ? '' : ` Evidence that it is worse: ${evidenceText(evidence)}.`;
  const now = `${spoken(name)}: canary ${valueText(look.canary, unit)}${beside}, ${rule}.${proof}`;
  if (record === null) return now;
  const counts = [
    [record.passes, 'passed'],
    [record.failures, 'failed'],
    [record.noData, 'without data'],
    [record.errors, 'not measured'],
  ] as const;
  const told = counts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return `${now} ${record.looks} looks in this stage: ${told.join(', ')}.`;
}
