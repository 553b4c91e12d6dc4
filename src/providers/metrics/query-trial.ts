/**
 * Sends every query of every check of a plan once, for both arms, and says what came back: before anything depends on
 * it.
 */
import type { Arm } from '../../domain/analysis/evidence.ts';
import { type CheckQueryUse, type QueryRole, queriesOf } from '../../domain/analysis/queries-of.ts';
import { renderQuery } from '../../domain/analysis/template.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan/types.ts';
import { type EmptyHint, explainEmpty } from './query-empty.ts';
import { armVars, comparedWith } from './reading.ts';
import type { MetricsProvider, Series } from './types.ts';

interface TrialVersions {
  readonly canary: string;
  /** Null: not known, so stable is not asked for. */
  readonly stable: string | null;
}

interface QueryTrial {
  readonly arm: Arm;
  readonly role: QueryRole;
  /** As it was sent. */
  readonly query: string;
  /** Whether the check has no data without it. */
  readonly needed: boolean;
  readonly state: 'data' | 'empty' | 'error';
  readonly series: number;
  /** The number that came back, or the sum of several; null: none, or not finite. */
  readonly value: number | null;
  /** Of the first few series. */
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** What is wrong, in words; null: nothing is. */
  readonly problem: string | null;
  /** What would have to be otherwise for an empty answer to have data. */
  readonly hints: readonly EmptyHint[];
}

interface CheckTrial {
  readonly check: string;
  readonly kind: string;
  readonly stages: readonly string[];
  /** Whether the check would have data now. */
  readonly ok: boolean;
  readonly queries: readonly QueryTrial[];
}

const shownSeries = 10;

/** Probes and alerts are left out: they ask no metrics. Never throws but for what `signal` aborts with. */
export async function tryQueries(
  provider: MetricsProvider,
  plan: Plan,
  versions: TrialVersions,
  signal: AbortSignal,
): Promise<readonly CheckTrial[]> {
  const arms: readonly Arm[] = ['canary', 'stable'];
  return await Promise.all(
    distinctChecks(plan).map(async ({ check, kind, stages, share, uses }) => {
      const queries = await Promise.all(
        uses.flatMap((use) => arms.map((arm) => tryOne(provider, plan, versions, share, use, arm, signal))),
      );
      return {
        check,
        kind,
        stages,
        ok: queries.every(({ needed, problem }) => !needed || problem === null),
        queries,
      };
    }),
  );
}

/** The same queries in several stages are tried once, with the share of the first. */
function distinctChecks({ stages }: Plan) {
  const found = new Map<
    string,
    { check: string; kind: string; stages: string[]; share: number; uses: readonly CheckQueryUse[] }
  >();
  for (const stage of stages) {
    for (const check of stage.checks) {
      const uses = queriesOf(check);
      if (uses.length === 0) continue;
      const key = JSON.stringify([check.name, uses]);
      const known = found.get(key);
      if (known !== undefined) known.stages.push(stage.name);
      else
        found.set(key, {
          check: check.name,
          kind: check.kind,
          stages: [stage.name],
          share: stage.weightPercent / 100,
          uses,
        });
    }
  }
  return [...found.values()];
}

async function tryOne(
  provider: MetricsProvider,
  plan: Plan,
  { canary, stable }: TrialVersions,
  canaryShare: number,
  use: CheckQueryUse,
  arm: Arm,
  signal: AbortSignal,
): Promise<QueryTrial> {
  const { service, environment } = plan;
  const compared = comparedWith(plan, stable ?? '', canaryShare);
  const common = { arm, role: use.role, needed: use.neededOf.includes(arm) };
  const nothing = { series: 0, value: null, labels: [], hints: [] };
  if (arm === 'stable' && compared.stable === '') {
    const problem = 'which version is stable is not known; name it with --stable';
    return { ...common, ...nothing, query: use.template, state: 'error', problem };
  }
  const vars = armVars({ service, environment, canary, ...compared }, arm);
  try {
    const query = renderQuery(use.template, { ...vars, windowMs: use.windowMs });
    try {
      const series = await provider.instant(query, { signal });
      const answer = answerOf(series, use.single);
      const hints = answer.state === 'empty' ? await explainEmpty(provider, query, signal) : [];
      return {
        ...common,
        ...answer,
        query,
        series: series.length,
        labels: series.slice(0, shownSeries).map((one) => one.labels),
        hints,
      };
    } catch (error) {
      return { ...common, ...nothing, query, state: 'error', problem: messageOf(error) };
    }
  } catch (error) {
    return { ...common, ...nothing, query: use.template, state: 'error', problem: messageOf(error) };
  }
}

function answerOf(
  series: readonly Series[],
  single: boolean,
): Pick<QueryTrial, 'state' | 'value' | 'problem'> {
  if (series.length === 0) return { state: 'empty', value: null, problem: 'it returned nothing' };
  if (single && series.length > 1) {
    const problem = `it returned ${series.length} series where one number is needed; aggregate them, for example with sum(...)`;
    return { state: 'error', value: null, problem };
  }
  if (series.some(({ histogram }) => histogram !== undefined))
    return { state: 'data', value: null, problem: null };
  const value = series.reduce((sum, { points }) => sum + (points.at(-1)?.[1] ?? Number.NaN), 0);
  if (Number.isFinite(value)) return { state: 'data', value, problem: null };
  return { state: 'empty', value: null, problem: `it returned ${value}` };
}
