/** How other targets are: what they were last rolled out to, and whether they are being rolled out now. */
import type { Plan, TargetId } from '../../domain/plan/types.ts';
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
  const [running, promoted] = await Promise.all([
    listRollouts(deps, { environment, service, limit: 1, running: 'true' }),
    promotedOf(deps, { environment, service }),
  ]);
  const [rolling] = running.rollouts;
  return {
    promoted,
    rolling: rolling === undefined ? null : (rolling.version ?? 'a version that is not known'),
  };
}

/** The version of the last rollout that ended promoted; null: none is known. */
export async function promotedOf(
  deps: TemporalDeps,
  { environment, service }: Pick<Plan, 'environment' | 'service'>,
): Promise<string | null> {
  const query = { environment, service, limit: 1, running: 'false', outcome: 'promoted' } as const;
  const { rollouts } = await listRollouts(deps, query);
  return rollouts[0]?.version ?? null;
}
