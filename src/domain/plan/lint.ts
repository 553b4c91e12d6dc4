/** Warns of plans that are legal and probably not meant: what, why, and what to try. */
import { isEvidence, metricChecksOf } from '../analysis/kinds.ts';
import type { CheckConfig, MetricCheck } from '../analysis/types.ts';
import { formatDuration } from '../duration.ts';
import type { Problem } from '../errors.ts';
import { plannedTotalMs } from './planned.ts';
import type { Plan, Stage } from './types.ts';

/** Longer than this, a canary without an orchestrator is an incident of its own. */
const longLeaseMs = 5 * 60_000;
const bigFirstStepPercent = 50;

/** All warnings, in the order of the plan. */
export function lintPlan(plan: Plan): readonly Problem[] {
  const ofStages = plan.stages.flatMap((stage, at) =>
    stageRules.flatMap((rule) => {
      const found = rule(stage, plan, at);
      return found === undefined ? [] : [{ path: `stages[${at}]${found.path}`, message: found.message }];
    }),
  );
  const ofPlan = planRules.flatMap((rule) => rule(plan) ?? []);
  return [...ofStages, ...ofPlan];
}

type StageRule = (stage: Stage, plan: Plan, at: number) => Problem | undefined;

const stageRules: readonly StageRule[] = [
  function noSoak({ soakMs }) {
    if (soakMs > 0) return undefined;
    return warning('.soak', 'no soak, so nothing is judged before the next step', 'give it some minutes');
  },
  function shortSoak({ soakMs }, { analysis }) {
    if (soakMs === 0 || soakMs >= 2 * analysis.intervalMs) return undefined;
    return warning(
      '.soak',
      `shorter than two intervals of ${formatDuration(analysis.intervalMs)}, so one look decides`,
      `write at least ${formatDuration(2 * analysis.intervalMs)}, or shorten analysis.interval`,
    );
  },
  function unreachableLimit({ soakMs, checks }, { analysis }) {
    const looks = Math.floor(soakMs / analysis.intervalMs);
    const hopeless = looks < 2 ? [] : checks.filter((check) => looksToFail(check) > looks);
    if (hopeless.length === 0) return undefined;
    return warning(
      '.soak',
      `has ${looks} looks, too few for ${namesOf(hopeless)} to fail at all`,
      'lower failAfter, lengthen the soak, or shorten analysis.interval',
    );
  },
  function oldData({ soakMs, warmUpMs, checks }) {
    const reachMs = soakMs + warmUpMs;
    const old = soakMs === 0 ? [] : byWindow(checks).filter(({ windowMs }) => windowMs > reachMs);
    if (old.length === 0) return undefined;
    return warning(
      '.soak',
      `even at its end, ${namesOf(old)} looks back past the beginning of the stage and judges old data`,
      `use a window of at most ${formatDuration(reachMs)}, or a longer soak`,
    );
  },
  function fewPoints({ soakMs, checks }) {
    const thin = soakMs === 0 ? [] : metricsIn(checks).filter((check) => pointsMs(check) > soakMs);
    if (thin.length === 0) return undefined;
    const neededMs = Math.max(...thin.map(pointsMs));
    return warning(
      '.soak',
      `ends before ${namesOf(thin)} has points enough to conclude anything`,
      `write at least ${formatDuration(neededMs)}, or shorten step`,
    );
  },
  function blindSpots({ checks }, { analysis }) {
    const gappy = metricsIn(checks).filter(({ windowMs }) => windowMs < analysis.intervalMs);
    if (gappy.length === 0) return undefined;
    return warning(
      '.checks',
      `${namesOf(gappy)} looks back less than the interval of ${formatDuration(analysis.intervalMs)}, so errors between two looks are never seen`,
      'lengthen the window, or shorten analysis.interval',
    );
  },
  function onlyProbed({ checks }) {
    const telling = checks.filter((check) => isEvidence(check) && check.onNoData !== 'pass');
    if (!telling.every(({ kind }) => kind === 'health')) return undefined;
    return warning(
      '.checks',
      `${namesOf(telling)} asks whether the canary answers a probe, and nothing asks what its users get`,
      'add success-rate',
    );
  },
  function bigFirstStep({ weightPercent }, { stages }, at) {
    const first = stages.findIndex((stage) => stage.weightPercent > 0);
    if (at !== first || weightPercent <= bigFirstStepPercent) return undefined;
    return warning(
      '.weight',
      `the first step takes ${weightPercent} % of the users, before anybody knows whether the version is good`,
      'begin with 1 to 10',
    );
  },
  function endlessApproval({ approval, timeoutMs }, { maxDurationMs }) {
    if (!approval || timeoutMs !== null) return undefined;
    return warning(
      '.approval',
      `waits without a limit of its own, with the canary serving users, until maxDuration (${formatDuration(maxDurationMs)}) rolls back`,
      'set a timeout on the stage',
    );
  },
];

const planRules: readonly ((plan: Plan) => Problem | undefined)[] = [
  function singleStage({ stages }) {
    if (stages.length > 1) return undefined;
    return warning(
      'stages',
      'a single stage, so the next step is all users',
      'put a larger share in between',
    );
  },
  function lateRollback({ rollback, lease }) {
    if (rollback.timeoutMs >= lease.ttlMs) return undefined;
    return warning(
      'rollback.timeout',
      `shorter than lease.ttl (${formatDuration(lease.ttlMs)}), so when the data plane cannot be written, the deadline passes before the lease runs out`,
      'lengthen the time-out, or shorten the lease',
    );
  },
  function longLease({ lease }) {
    if (lease.ttlMs <= longLeaseMs) return undefined;
    return warning(
      'lease.ttl',
      `a canary whose orchestrator died takes traffic for up to ${formatDuration(lease.ttlMs)}`,
      `use at most ${formatDuration(longLeaseMs)}`,
    );
  },
  function longGrace({ lease }) {
    if (lease.orphanGraceMs <= Math.max(longLeaseMs, lease.ttlMs)) return undefined;
    return warning(
      'lease.orphanGrace',
      `for ${formatDuration(lease.orphanGraceMs)} without Temporal, nobody can roll the canary back by command`,
      `use at most ${formatDuration(longLeaseMs)}`,
    );
  },
  function noRoomToExtend({ stages, maxDurationMs }) {
    const longest = Math.max(...stages.map(({ soakMs }) => soakMs));
    const needed = plannedTotalMs(stages) + longest;
    if (maxDurationMs >= needed) return undefined;
    return warning(
      'maxDuration',
      'leaves no room to extend the longest soak once, so little traffic ends in a rollback',
      `write at least ${formatDuration(needed)}`,
    );
  },
  function noWatch({ watchAfterMs }) {
    if (watchAfterMs > 0) return undefined;
    return warning(
      'watchAfter',
      'nobody watches after promotion, when load is highest, and the old version is gone at once',
      'keep the default of 10m',
    );
  },
];

function looksToFail({ failure }: CheckConfig): number {
  return Math.min(failure.consecutive, failure.kOfN?.failures ?? Number.POSITIVE_INFINITY);
}

function metricsIn(checks: readonly CheckConfig[]): readonly MetricCheck[] {
  return checks.flatMap(metricChecksOf);
}

/** Series begin with the stage whatever their window, and an error budget is meant to look back past it. */
function byWindow(checks: readonly CheckConfig[]): readonly MetricCheck[] {
  return metricsIn(checks).filter((check) => !('stepMs' in check) && check.kind !== 'errorBudget');
}

/** How long it takes until a series has the points that it needs; 0 for checks of single values. */
function pointsMs(check: MetricCheck): number {
  return 'stepMs' in check ? check.stepMs * check.minSamples : 0;
}

function namesOf(checks: readonly CheckConfig[]): string {
  return checks.map(({ name }) => name).join(', ');
}

function warning(path: string, what: string, advice: string): Problem {
  return { path, message: `${what}; ${advice}` };
}
