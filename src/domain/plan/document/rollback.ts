/** Reads the `rollback` part of a plan: each strategy has its own fields, and the bound of the restore must hold. */
import type { StableCheck } from '../../analysis/types.ts';
import { formatDuration } from '../../duration.ts';
import { adviceFor } from '../../nearest.ts';
import { defaults } from '../defaults.ts';
import type { ActionKind, PhasedAction, RampConfig, RollbackConfig, VerifyConfig } from '../types.ts';
import { type CheckContext, readChecks } from './checks.ts';
import { secondMs } from './duration-schema.ts';
import { joinPath } from './problems.ts';
import type { PlanCatalogue } from './providers.ts';
import type { Report } from './read.ts';
import type { ActionFields, RollbackFields } from './rollback-schema.ts';

interface RollbackContext {
  readonly checks: CheckContext;
  readonly hooks: NonNullable<PlanCatalogue['hooks']>;
  readonly watchAfterMs: number;
}

/** Which actions need a hook of the operator's, and of which type; null: of any. */
const hookTypes: Partial<Record<ActionKind, string | null>> = {
  'flag-off': null,
  webhook: 'http',
  command: 'command',
};

/** Undefined when something is wrong; then the report says what. */
export function readRollback(
  fields: RollbackFields,
  context: RollbackContext,
  report: Report,
): RollbackConfig | undefined {
  const before = report.problems.length;
  refuseForeign(fields, report);
  const ramp = fields.strategy === 'gradual' ? readRamp(fields, report) : undefined;
  const actions = fields.strategy === 'phased' ? readActions(fields, context, report) : undefined;
  refuseFlagHook(fields, context, report);
  const verify = fields.verify ? readVerify(fields.verify, context.checks, report) : undefined;
  refuseWithoutWatch(fields, context, report);
  if (report.problems.length > before) return undefined;
  const { timeout, strategy, secondMeans, flagHook, proof, cooldown, allowRepeat, approval } = fields;
  // What a plan does not ask for is left out, so that a plan means the same to workers of an earlier version.
  return {
    timeoutMs: timeout,
    strategy,
    secondMeans,
    proof,
    ...(flagHook === undefined ? {} : { flagHook }),
    ...(ramp ? { ramp } : {}),
    ...(actions ? { actions } : {}),
    ...(verify ? { verify } : {}),
    ...(cooldown > 0 ? { cooldownMs: cooldown } : {}),
    ...(allowRepeat ? { allowRepeat } : {}),
    ...(approval ? { approval } : {}),
  };
}

/** A field of another strategy is a misunderstanding. */
function refuseForeign({ strategy, over, steps, actions }: RollbackFields, report: Report): void {
  const owners = [
    ['over', over, 'gradual'],
    ['steps', steps, 'gradual'],
    ['actions', actions, 'phased'],
  ] as const;
  for (const [key, value, owner] of owners) {
    if (value === undefined || strategy === owner) continue;
    const message = `belongs to strategy ${owner}, and this plan says ${strategy}`;
    report.problems.push({ path: `rollback.${key}`, message });
  }
}

/** Like the hook of a phased action, it must be known before it is needed. */
function refuseFlagHook(
  { secondMeans, flagHook }: RollbackFields,
  { hooks }: RollbackContext,
  report: Report,
): void {
  const refuse = (message: string) => report.problems.push({ path: 'rollback.flagHook', message });
  if (!secondMeans.includes('flag-off')) {
    if (flagHook !== undefined) refuse('is used by flag-off only, which is not among secondMeans');
  } else if (flagHook === undefined) {
    refuse("is required by flag-off among secondMeans: the name of one of the operator's hooks");
  } else if (hooks[flagHook] === undefined) {
    refuse(unknownHook(flagHook, hooks));
  }
}

function unknownHook(hook: string, hooks: RollbackContext['hooks']): string {
  return `there is no hook "${hook}"; ${adviceFor(hook, Object.keys(hooks))}`;
}

function readRamp({ over, steps = defaults.rampSteps, timeout }: RollbackFields, report: Report): RampConfig {
  const refuse = (key: string, message: string) => report.problems.push({ path: `rollback.${key}`, message });
  if (over === undefined) {
    refuse('over', 'is required by strategy gradual: the time in which the share goes down');
    return { overMs: 0, steps };
  }
  if (over > timeout / 2) {
    const most = formatDuration(Math.floor(timeout / 2 / secondMs) * secondMs);
    refuse(
      'over',
      `must be at most half of rollback.timeout, here ${most}, since the restore needs the other half; lengthen timeout or shorten over`,
    );
  }
  if (over / steps < secondMs) {
    refuse(
      'steps',
      `must leave a second to each step; ${formatDuration(over)} has room for ${Math.floor(over / secondMs)}`,
    );
  }
  return { overMs: over, steps };
}

function readActions({ actions }: RollbackFields, context: RollbackContext, report: Report): PhasedAction[] {
  if (actions === undefined) {
    const message = 'is required by strategy phased, for example [{ action: drain }, { action: scale-down }]';
    report.problems.push({ path: 'rollback.actions', message });
    return [];
  }
  return actions.flatMap((entry, at) => readAction(entry, at, context, report) ?? []);
}

function readAction(
  { action, hook, timeout, onFailure }: ActionFields,
  at: number,
  { hooks }: RollbackContext,
  report: Report,
): PhasedAction | undefined {
  const path = joinPath('rollback.actions', at);
  const refuse = (key: string, message: string) => {
    report.problems.push({ path: joinPath(path, key), message });
    return undefined;
  };
  if (action === 'stop-traffic') {
    if (at > 0) return refuse('action', 'stop-traffic is always first; write it there or not at all');
    return hook === undefined ? undefined : refuse('hook', 'stop-traffic needs no hook');
  }
  const type = hookTypes[action];
  if (type === undefined) {
    if (hook !== undefined) return refuse('hook', `${action} needs no hook`);
    return { action, hook: null, timeoutMs: timeout, onFailure };
  }
  if (hook === undefined)
    return refuse('hook', `is required by ${action}: the name of one of the operator's hooks`);
  const known = hooks[hook];
  if (known === undefined) {
    return refuse('hook', unknownHook(hook, hooks));
  }
  if (type !== null && known.type !== type) {
    return refuse(
      'hook',
      `"${hook}" is a hook of type ${known.type}, and ${action} needs one of type ${type}`,
    );
  }
  return { action, hook, timeoutMs: timeout, onFailure };
}

/** Stable compared with itself would pass whatever it does, so only absolute checks can judge it. */
function readVerify(
  { checks, consecutive, interval, timeout }: NonNullable<RollbackFields['verify']>,
  context: CheckContext,
  report: Report,
): VerifyConfig | undefined {
  const path = 'rollback.verify.checks';
  const read = readChecks(checks, path, { ...context, byLook: true }, report);
  if (read === undefined) return undefined;
  const absolute: StableCheck[] = [];
  for (const [at, check] of read.entries()) {
    if (check.kind === 'threshold' || check.kind === 'health') absolute.push(check);
    else {
      const message = `"${check.name}" cannot judge the stable version by itself; use a check with min or max, or of kind health`;
      report.problems.push({ path: joinPath(path, at), message });
    }
  }
  if (timeout < (consecutive - 1) * interval) {
    const message = `has no room for ${consecutive} looks, ${formatDuration(interval)} apart`;
    report.problems.push({ path: 'rollback.verify.timeout', message });
  }
  return { checks: absolute, consecutive, intervalMs: interval, timeoutMs: timeout };
}

function refuseWithoutWatch(
  { strategy, approval }: RollbackFields,
  { watchAfterMs }: RollbackContext,
  report: Report,
): void {
  if (watchAfterMs > 0) return;
  const why = 'needs watchAfter: without it the old version is gone as soon as the new one is promoted';
  if (strategy === 'blue-green')
    report.problems.push({ path: 'rollback.strategy', message: `blue-green ${why}` });
  if (approval) report.problems.push({ path: 'rollback.approval', message: why });
}
