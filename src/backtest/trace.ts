/** Keeps what every look of a stage said, in little space. */
import { lookPointOf, unitOf } from '../domain/analysis/look-point.ts';
import type { CheckConfig, Verdict } from '../domain/analysis/types.ts';
import type { Stage } from '../domain/plan/types.ts';
import type { BacktestCheck, BacktestPoint, BacktestStage, FirstFailure } from './types.ts';

interface CheckTrace {
  readonly config: CheckConfig;
  readonly points: BacktestPoint[];
  last: Verdict | null;
}

export class StageTrace {
  looks = 0;
  private firstFailure: FirstFailure | null = null;
  private readonly stage: Stage;
  private readonly checks: readonly CheckTrace[];

  constructor(stage: Stage) {
    this.stage = stage;
    this.checks = stage.checks.map((config) => ({ config, points: [], last: null }));
  }

  take(verdicts: readonly Verdict[]): void {
    this.looks += 1;
    for (const verdict of verdicts) {
      const trace = this.checks.find(({ config }) => config.name === verdict.check);
      if (trace === undefined) continue;
      trace.points.push(pointOf(trace.config, verdict));
      trace.last = verdict;
      if (verdict.kind === 'fail') this.firstFailure ??= failureOf(verdict, this.looks);
    }
  }

  ended(fromMs: number, toMs: number, ending: BacktestStage['ending']): BacktestStage {
    const { name, weightPercent } = this.stage;
    const { looks, firstFailure } = this;
    return {
      name,
      weightPercent,
      fromMs,
      toMs,
      ending,
      looks,
      firstFailure,
      checks: this.checks.map(checkOf),
    };
  }
}

function failureOf({ check, reason, atMs }: Verdict, looks: number): FirstFailure {
  return { check, reason, atMs, looks };
}

function checkOf({ config, points, last }: CheckTrace): BacktestCheck {
  const looks = { pass: 0, fail: 0, 'no-data': 0, error: 0 };
  for (const { kind } of points) looks[kind] += 1;
  return {
    name: config.name,
    kind: config.kind,
    unit: unitOf(config),
    looks,
    firstFailureMs: points.find(({ kind }) => kind === 'fail')?.atMs ?? null,
    last: last === null ? null : { kind: last.kind, reason: last.reason },
    points,
  };
}

/** One look as a chart shows it. */
export function pointOf(config: CheckConfig, verdict: Verdict): BacktestPoint {
  return { ...lookPointOf(config, verdict), eValue: verdict.statistics?.eValue ?? null };
}
