/** Whether what a plan depends on is as the plan needs it. Pure: what is known of the others is given. */
import type { Problem } from '../errors.ts';
import { type Plan, type TargetId, targetOf } from '../plan/types.ts';
import type { Standing } from './types.ts';

export function dependenciesOf({ dependsOn = [] }: Plan): readonly TargetId[] {
  return [...new Set(dependsOn.map(targetOf))];
}

export function dependencyProblems(
  { dependsOn = [] }: Plan,
  standings: ReadonlyMap<TargetId, Standing>,
): readonly Problem[] {
  return dependsOn.flatMap((dependency, at) => {
    const { version, idle } = dependency;
    const target = targetOf(dependency);
    const { promoted = null, rolling = null } = standings.get(target) ?? {};
    const path = `dependsOn[${at}]`;
    return [
      ...(version !== null && version !== promoted
        ? [
            {
              path: `${path}.version`,
              message: `${target} is on ${promoted ?? 'no version that is known'}, not on ${version}; roll that out first`,
            },
          ]
        : []),
      ...(idle && rolling !== null
        ? [{ path, message: `${target} is being rolled out (${rolling}); wait until that has ended` }]
        : []),
    ];
  });
}
