/** What checks measured, stage by stage: every look that was kept, as a chart and in numbers. */
import type { AuditWatch } from '../api/contract.ts';
import { picture } from '../backtest/picture.ts';
import { pointOf } from '../backtest/trace.ts';
import type { LookPoint } from '../domain/analysis/look-point.ts';
import type { CheckConfig, CheckRecord, Verdict } from '../domain/analysis/types.ts';
import { pointsIn } from '../domain/rollout/series.ts';
import type { Chart } from './document.ts';
import { checkOf, type ReportSource } from './source.ts';
import { count, number, took } from './words.ts';

/** One check in one stage. */
export interface CheckLooks {
  readonly stage: string;
  readonly check: string;
  readonly config: CheckConfig | null;
  /** In order of time, in full; a watch keeps its last ones only, and the worst. */
  readonly looks: readonly Verdict[];
  /** From the whole of its watches, thinned; empty: they kept none. */
  readonly points: readonly LookPoint[];
  readonly record: CheckRecord | null;
}

interface Group {
  readonly watch: AuditWatch;
  readonly check: string;
  readonly looks: Map<number, Verdict>;
  readonly points: Map<number, LookPoint>;
  record: CheckRecord | null;
}

export function looksOf(source: ReportSource): CheckLooks[] {
  const groups = new Map<string, Group>();
  for (const watch of source.verdicts) {
    const kept = watch.checks.flatMap(({ last, worst }) => [last, worst]).filter((one) => one !== null);
    for (const verdict of [...watch.verdicts, ...kept]) {
      groupIn(groups, watch, verdict.check).looks.set(verdict.atMs, verdict);
    }
    for (const record of watch.checks) groupIn(groups, watch, record.name).record = record;
    for (const { name } of watch.series?.checks ?? []) {
      const { points } = groupIn(groups, watch, name);
      for (const point of watch.series ? pointsIn(watch.series, name) : []) points.set(point.atMs, point);
    }
  }
  return [...groups.values()].map(({ watch, looks, points, record, check }) => ({
    stage: stageName(watch),
    check,
    config: checkOf(source, watch.stage, check),
    looks: inOrder(looks),
    points: inOrder(points),
    record,
  }));
}

function inOrder<P extends { readonly atMs: number }>(known: ReadonlyMap<number, P>): P[] {
  return [...known.values()].sort((one, other) => one.atMs - other.atMs);
}

function groupIn(groups: Map<string, Group>, watch: AuditWatch, check: string): Group {
  const id = `${watch.stage}/${watch.mode === 'after' ? 'after' : ''}/${check}`;
  const fresh = { watch, check, looks: new Map(), points: new Map(), record: null };
  const known = groups.get(id) ?? fresh;
  groups.set(id, known);
  return known;
}

function stageName({ stage, name, mode }: AuditWatch): string {
  if (mode === 'after') return 'after promotion';
  return name ?? `stage ${(stage ?? 0) + 1}`;
}

/** Empty where no look had a number. */
export function lookChart({ stage, check, config, looks, points: kept, record }: CheckLooks): Chart[] {
  if (config === null) return [];
  const points =
    kept.length > 0
      ? kept.map((point) => ({ ...point, eValue: null }))
      : looks.map((look) => pointOf(config, look));
  const measured = points.filter(({ canary, stable }) => canary !== null || stable !== null);
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined) return [];
  const kinds = { pass: 0, fail: 0, 'no-data': 0, error: 0 };
  const svg = picture(
    {
      name: check,
      kind: config.kind,
      unit: unitOf(config),
      looks: kinds,
      firstFailureMs: null,
      last: null,
      points,
    },
    first.atMs,
    Math.max(last.atMs, first.atMs + 1),
  );
  const all = record?.looks ?? points.length;
  const caption = `${check} in ${stage}: new version ${number(last.canary, unitOf(config))} (orange), stable ${number(last.stable, unitOf(config))} (blue); ${count(points.length, 'look')} of ${all} shown, over ${took(last.atMs - first.atMs)}`;
  return [{ kind: 'chart', svg, caption }];
}

export function unitOf(config: CheckConfig | null): string {
  if (config === null) return '';
  return config.kind === 'counts' ? '%' : config.unit;
}
