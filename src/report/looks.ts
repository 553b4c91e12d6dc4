/** What checks measured, stage by stage: every look that was kept, as a chart and in numbers. */
import type { AuditWatch } from '../api/contract.ts';
import { picture } from '../backtest/picture.ts';
import { pointOf } from '../backtest/trace.ts';
import type { CheckConfig, CheckRecord, Verdict } from '../domain/analysis/types.ts';
import type { Chart } from './document.ts';
import { checkOf, type ReportSource } from './source.ts';
import { count, number, took } from './words.ts';

/** One check in one stage. */
export interface CheckLooks {
  readonly stage: string;
  readonly check: string;
  readonly config: CheckConfig | null;
  /** In order of time; a watch keeps its last looks only, and the worst. */
  readonly looks: readonly Verdict[];
  readonly record: CheckRecord | null;
}

export function looksOf(source: ReportSource): CheckLooks[] {
  const groups = new Map<
    string,
    { watch: AuditWatch; looks: Map<number, Verdict>; record: CheckRecord | null; check: string }
  >();
  for (const watch of source.verdicts) {
    const kept = watch.checks.flatMap(({ last, worst }) => [last, worst]).filter((one) => one !== null);
    for (const verdict of [...watch.verdicts, ...kept]) {
      const group = groupIn(groups, watch, verdict.check);
      group.looks.set(verdict.atMs, verdict);
    }
    for (const record of watch.checks) groupIn(groups, watch, record.name).record = record;
  }
  return [...groups.values()].map(({ watch, looks, record, check }) => ({
    stage: stageName(watch),
    check,
    config: checkOf(source, watch.stage, check),
    looks: [...looks.values()].sort((a, b) => a.atMs - b.atMs),
    record,
  }));
}

function groupIn(
  groups: Map<
    string,
    { watch: AuditWatch; looks: Map<number, Verdict>; record: CheckRecord | null; check: string }
  >,
  watch: AuditWatch,
  check: string,
) {
  const id = `${watch.stage}/${watch.mode === 'after' ? 'after' : ''}/${check}`;
  const known = groups.get(id) ?? { watch, looks: new Map<number, Verdict>(), record: null, check };
  groups.set(id, known);
  return known;
}

function stageName({ stage, name, mode }: AuditWatch): string {
  if (mode === 'after') return 'after promotion';
  return name ?? `stage ${(stage ?? 0) + 1}`;
}

/** Empty where no look had a number. */
export function lookChart({ stage, check, config, looks, record }: CheckLooks): Chart[] {
  const measured = looks.filter(({ canary, stable }) => canary !== null || stable !== null);
  const [first] = measured;
  const last = measured.at(-1);
  if (config === null || first === undefined || last === undefined) return [];
  const points = looks.map((look) => pointOf(config, look));
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
  const all = record?.looks ?? looks.length;
  const caption = `${check} in ${stage}: new version ${number(last.canary, unitOf(config))} (orange), stable ${number(last.stable, unitOf(config))} (blue); ${count(looks.length, 'look')} of ${all} shown, over ${took(last.atMs - first.atMs)}`;
  return [{ kind: 'chart', svg, caption }];
}

export function unitOf(config: CheckConfig | null): string {
  if (config === null) return '';
  return config.kind === 'counts' ? '%' : config.unit;
}
