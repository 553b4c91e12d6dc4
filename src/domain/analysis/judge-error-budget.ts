/** Judges what an objective still allows to fail: how much is left, and how fast it goes. */
import { formatDuration } from '../duration.ts';
import { firstOf, pointsOf, unusable, verdictOf } from './evidence.ts';
import { amount, amountAgainst, spoken } from './format.ts';
import type { BurnLimit, ErrorBudgetCheck } from './further-checks.ts';
import type { Reading, Verdict } from './types.ts';

/** The windows over which the share of failures is asked for, each once. */
export function windowsOf({ burn, minLeft, periodMs }: ErrorBudgetCheck): readonly number[] {
  const windows = burn.flatMap(({ longMs, shortMs }) => [longMs, shortMs]);
  return [...new Set(minLeft === null ? windows : [...windows, periodMs])];
}

/**
 * The canary reading holds a share of failures, in %, for each window. Burn rate and the windows that go together are
 * those of Google's Site Reliability Workbook, chapter 5: share of failures / (100 − objective).
 */
export function judgeErrorBudget(
  config: ErrorBudgetCheck,
  canary: Reading,
  _stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(sloProblem(config), unusable(config, 'canary', canary));
  const answer = (kind: Verdict['kind'], reason: string) =>
    verdictOf(config, kind, reason, canary, null, atMs);
  if (problem !== null) return answer(problem.kind, problem.reason);
  const rates = new Map(pointsOf(canary).map(([at, share]) => [at, share / (100 - config.slo)]));
  const limits = [...config.burn.map((limit) => burning(limit, rates)), left(config, rates)];
  const failed =
    limits.find((limit) => limit?.kind === 'fail') ?? limits.find((limit) => limit?.kind === 'no-data');
  if (failed) return answer(failed.kind, `${spoken(config.name)}: ${failed.text}`);
  const told = limits.flatMap((limit) => (limit === null ? [] : [limit.text]));
  return answer('pass', `${spoken(config.name)}: ${told.join('; ')}`);
}

interface Limit {
  readonly kind: 'pass' | 'fail' | 'no-data';
  readonly text: string;
}

/** Both windows must burn too fast: the long one says that it matters, the short one that it still goes on. */
function burning({ longMs, shortMs, rate }: BurnLimit, rates: ReadonlyMap<number, number>): Limit {
  const long = rates.get(longMs);
  const short = rates.get(shortMs);
  if (long === undefined || short === undefined) {
    const missing = formatDuration(long === undefined ? longMs : shortMs);
    return { kind: 'no-data', text: `there is no share of failures over ${missing}` };
  }
  const fast = long >= rate && short >= rate;
  const shown =
    `${amountAgainst(rate, long, '')} times the sustainable rate over ${formatDuration(longMs)} ` +
    `and ${amountAgainst(rate, short, '')} over ${formatDuration(shortMs)}`;
  if (fast)
    return {
      kind: 'fail',
      text: `the budget burns at ${shown}; both reach the limit of ${amount(rate, '')}`,
    };
  return { kind: 'pass', text: `it burns at ${shown}, not both at ${amount(rate, '')}` };
}

function left({ minLeft, periodMs }: ErrorBudgetCheck, rates: ReadonlyMap<number, number>): Limit | null {
  if (minLeft === null) return null;
  const used = rates.get(periodMs);
  const period = formatDuration(periodMs);
  if (used === undefined) return { kind: 'no-data', text: `there is no share of failures over ${period}` };
  const leftPercent = 100 * (1 - used);
  const shown = amountAgainst(minLeft, leftPercent, '%');
  if (leftPercent >= minLeft) return { kind: 'pass', text: `${shown} of the budget of ${period} is left` };
  const text = `${shown} of the budget of ${period} is left, below the limit of ${amount(minLeft, '%')}`;
  return { kind: 'fail', text };
}

function sloProblem({ name, slo, burn, minLeft }: ErrorBudgetCheck) {
  const limits = [...burn.map(({ rate }) => rate), ...(minLeft === null ? [] : [minLeft])];
  if (slo > 0 && slo < 100 && limits.length > 0 && limits.every((limit) => Number.isFinite(limit)))
    return null;
  return { kind: 'error' as const, reason: `${spoken(name)} has no objective and limit to be judged by` };
}
