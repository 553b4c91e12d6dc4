/**
 * Turns a check into queries and their answers into a reading or a verdict; whatever goes wrong becomes an answer too.
 */
import type { Arm } from '../../domain/analysis/evidence.ts';
import type { CompositeCheck } from '../../domain/analysis/further-checks.ts';
import { judge, needsStable } from '../../domain/analysis/index.ts';
import { type QueryVars, renderQuery } from '../../domain/analysis/template.ts';
import type { MetricCheck, Reading, Verdict } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan/types.ts';
import { readHistory, readWindow, readWindows } from './series-reading.ts';
import type { MetricsProvider, QueryOptions, Series } from './types.ts';

export type ArmVars = Omit<QueryVars, 'windowMs'>;
/**
 * The two versions and what they are versions of; the arm is added for each query. `stable` is what the canary is
 * compared with.
 */
export type LookVars = Omit<ArmVars, 'version' | 'share'> & {
  /** The share of ordinary traffic that the canary is asked to have, 0 to 1. */
  readonly canaryShare: number;
  /** That of what the canary is compared with. Default: the rest. */
  readonly stableShare?: number;
};

interface LookOptions {
  readonly signal?: AbortSignal;
  /** Time of the look, for its verdict. */
  readonly atMs: number;
  /** Evaluates the queries at this time. Default: now by the source's clock, so that a wrong clock here is harmless. */
  readonly evaluateAtMs?: number;
}

/**
 * One look of one check over the arms that it needs. Never throws: a failed or cancelled query is an `error` verdict,
 * so a caller whose own signal was aborted must drop the verdict.
 */
export async function look(
  provider: MetricsProvider,
  check: MetricCheck | CompositeCheck,
  vars: LookVars,
  options: LookOptions,
): Promise<Verdict> {
  if (check.kind === 'composite') {
    const parts = await Promise.all(check.parts.map((part) => look(provider, part.check, vars, options)));
    return judge(check, { kind: 'value', value: 0, samples: null, parts }, null, options.atMs);
  }
  const { signal, evaluateAtMs } = options;
  const query: QueryOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(evaluateAtMs === undefined ? {} : { atMs: evaluateAtMs }),
  };
  const when = { ...query, atMs: evaluateAtMs ?? options.atMs };
  const read = (arm: Arm) => readFor(provider, check, arm, armVars(vars, arm), query, when);
  const [canary, stable] = await Promise.all([read('canary'), needsStable(check) ? read('stable') : null]);
  return judge(check, canary, stable, options.atMs);
}

/**
 * What a kind needs of one arm. Only series ask for times of their own, so only they go by the clock of this machine.
 */
function readFor(
  provider: MetricsProvider,
  check: MetricCheck,
  arm: Arm,
  vars: ArmVars,
  query: QueryOptions,
  when: QueryOptions & { readonly atMs: number },
): Promise<Reading> {
  if (check.kind === 'series' || check.kind === 'trend') return readWindow(provider, check, vars, when);
  if (check.kind === 'errorBudget') return readWindows(provider, check, vars, query);
  if (check.kind === 'anomaly' && arm === 'stable') return readHistory(provider, check, vars, when);
  return readArm(provider, check, vars, query);
}

/** The variables of one arm. */
export function armVars({ canaryShare, stableShare, ...vars }: LookVars, arm: Arm): ArmVars {
  return arm === 'canary'
    ? { ...vars, version: vars.canary, share: canaryShare }
    : { ...vars, version: vars.stable, share: stableShare ?? 1 - canaryShare };
}

/**
 * What the canary is compared with: the stable version, or the baseline that the plan names, with as many users as the
 * canary.
 */
export function comparedWith(
  { analysis: { baseline } }: Pick<Plan, 'analysis'>,
  stable: string,
  canaryShare: number,
): Pick<LookVars, 'stable' | 'canaryShare' | 'stableShare'> {
  return baseline === undefined
    ? { stable, canaryShare }
    : { stable: baseline, canaryShare, stableShare: canaryShare };
}

/** The value of one arm and the samples behind it, asked for at the same time. Never throws. */
export async function readArm(
  provider: MetricsProvider,
  check: Pick<MetricCheck, 'query' | 'windowMs'>,
  vars: ArmVars,
  options: QueryOptions = {},
): Promise<Reading> {
  const ask = (template: string, what: string) =>
    answerOf(provider, template, what, { ...vars, windowMs: check.windowMs }, options);
  const [value, samples] = await Promise.all([
    ask(check.query.value, 'value'),
    check.query.samples === null ? null : ask(check.query.samples, 'samples'),
  ]);
  const error = [value, samples].find((answer) => answer?.kind === 'error');
  if (error?.kind === 'error') return error;
  if (value.kind !== 'number') return { kind: 'no-data', reason: 'the value query returned nothing' };
  if (!Number.isFinite(value.number)) {
    return { kind: 'no-data', reason: `the value query returned ${value.number}` };
  }
  return { kind: 'value', value: value.number, samples: countOf(samples) };
}

type Answer =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'error'; readonly reason: string };

async function answerOf(
  provider: MetricsProvider,
  template: string,
  what: string,
  vars: QueryVars,
  options: QueryOptions,
): Promise<Answer> {
  try {
    return single(await provider.instant(renderQuery(template, vars), options), what);
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) };
  }
}

function single(series: readonly Series[], what: string): Answer {
  if (series.length > 1) {
    const advice = 'it must aggregate to one, for example with sum(...)';
    return { kind: 'error', reason: `the ${what} query returned ${series.length} series; ${advice}` };
  }
  if (series[0]?.histogram !== undefined) {
    return { kind: 'error', reason: `the ${what} query returned a histogram; it must return a number` };
  }
  const last = series[0]?.points.at(-1);
  return last === undefined ? { kind: 'empty' } : { kind: 'number', number: last[1] };
}

/** Increases are extrapolated, so they come as fractions. Nothing counted is 0, and 0 never passes. */
function countOf(samples: Answer | null): number | null {
  if (samples === null) return null;
  return samples.kind === 'number' ? Math.round(samples.number) : 0;
}
