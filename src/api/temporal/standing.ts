/** How other targets are: what they were last rolled out to, and whether they are being rolled out now. */
import type { TargetId } from '../../domain/plan/types.ts';
import type { Standing } from '../../domain/policy/types.ts';
import type { TemporalDeps } from './calls.ts';
import { listRollouts } from './visibility.ts';

/** As Temporal lists them, which lags a second or so behind. */
export async function standingsOf(
  deps: TemporalDeps,
  targets: readonly TargetId[],
): Promise<ReadonlyMap<TargetId, Standing>> {
  const found = targets.map(async (target) => [target, await standingOf(deps, target)] as const);
  return new Map(await Promise.all(found));
}

async function standingOf(deps: TemporalDeps, target: TargetId): Promise<Standing> {
  const [environment = '', service = ''] = target.split('/');
  const one = { environment, service, limit: 1 };
  const [running, promoted] = await Promise.all([
    listRollouts(deps, { ...one, running: 'true' }),
    listRollouts(deps, { ...one, running: 'false', outcome: 'promoted' }),
  ]);
  const [rolling] = running.rollouts;
  return {
    promoted: promoted.rollouts[0]?.version ?? null,
    rolling: rolling === undefined ? null : (rolling.version ?? 'a version that is not known'),
  };
}
