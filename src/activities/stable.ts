/** Looks at the version to which a rollback goes, by those checks that need no second version to compare it with. */
import { judge } from '../domain/analysis/index.ts';
import type { CheckRecord, Reading, StableCheck, ThresholdCheck, Verdict } from '../domain/analysis/types.ts';
import { messageOf } from '../domain/errors.ts';
import type { Plan, Stage } from '../domain/plan/types.ts';
import type { Slot } from '../domain/rollout/types.ts';
import { readHealth } from '../providers/health/reading.ts';
import { within } from '../providers/limit.ts';
import { readArm } from '../providers/metrics/reading.ts';
import type { ActivityDeps } from './deps.ts';

/** A look that takes longer tells nothing; nobody waits for it. */
const lookLimitMs = 3_000;

function absoluteChecks({ checks, absolute }: Stage): readonly ThresholdCheck[] {
  return absolute ?? checks.filter((check) => check.kind === 'threshold');
}

/** The version that is judged, and where it runs; null where only queries are asked. */
interface StableArm {
  readonly version: string;
  readonly slot: Slot | null;
}

/** One verdict per check. Never throws: what cannot be read is an `error` verdict. */
export async function lookAtStable(
  deps: Pick<ActivityDeps, 'providers' | 'clock'>,
  plan: Plan,
  stable: StableArm,
  checks: readonly StableCheck[],
  outer?: AbortSignal,
): Promise<readonly Verdict[]> {
  const metrics = deps.providers.metrics(plan.metrics.name);
  const { service, environment, version: canary } = plan;
  const { version } = stable;
  const vars = { service, environment, canary, stable: version, version, share: 1 };
  const read = async (check: StableCheck, signal: AbortSignal): Promise<Reading> => {
    if (check.kind === 'threshold') return await readArm(metrics, check, vars, { signal });
    if (stable.slot === null) return { kind: 'error', reason: 'the slot of the stable version is not known' };
    const probed = { service, environment, version, slot: stable.slot };
    return await readHealth(deps.providers.health(check.probe), probed, {
      timeoutMs: check.timeoutMs,
      signal,
    });
  };
  const ask = async (check: StableCheck): Promise<Verdict> => {
    const atMs = deps.clock.now();
    try {
      const reading = await within(lookLimitMs, (signal) => read(check, signal), outer);
      return judge(check, reading, null, atMs);
    } catch (error) {
      return judge(check, { kind: 'error', reason: messageOf(error) }, null, atMs);
    }
  };
  return await Promise.all(checks.map(ask));
}

/** What is wrong with the stable version, in words; null: nothing that can be shown. */
export async function stableProblem(
  deps: Pick<ActivityDeps, 'providers' | 'clock'>,
  plan: Plan,
  stableVersion: string,
  outer?: AbortSignal,
): Promise<string | null> {
  const [first] = plan.stages;
  const checks = first ? absoluteChecks(first) : [];
  const verdicts = await lookAtStable(deps, plan, { version: stableVersion, slot: null }, checks, outer);
  const failed = verdicts.find(({ kind }) => kind === 'fail');
  return failed ? `the stable version ${stableVersion} is not well: ${failed.reason}` : null;
}

/**
 * Why going back would make it worse: by every check that the canary fails, the stable version fails too, and by more.
 * Null whenever that cannot be shown; then the way back is the right one.
 */
export async function stableIsWorse(
  deps: Pick<ActivityDeps, 'providers' | 'clock'>,
  plan: Plan,
  stableVersion: string,
  stage: Stage,
  records: readonly CheckRecord[],
): Promise<string | null> {
  const failing = records.filter(({ consecutiveFailures }) => consecutiveFailures > 0);
  const absolute = absoluteChecks(stage).filter(({ name }) => failing.some((record) => record.name === name));
  if (absolute.length === 0 || absolute.length < failing.length) return null;
  const verdicts = await lookAtStable(deps, plan, { version: stableVersion, slot: null }, absolute);
  const worse = absolute.every((check, index) => {
    const canary = failing.find(({ name }) => name === check.name)?.last?.canary ?? null;
    const stable = verdicts[index];
    if (stable?.kind !== 'fail' || stable.canary === null || canary === null) return false;
    return check.min !== null && canary < check.min ? stable.canary < canary : stable.canary > canary;
  });
  const [first] = verdicts;
  return worse && first ? `the stable version ${stableVersion} is worse: ${first.reason}` : null;
}
