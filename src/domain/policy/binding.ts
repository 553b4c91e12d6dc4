/** Which policies bind a plan. Pure. */
import type { Plan } from '../plan/types.ts';
import type { Policy } from './types.ts';

export function bindingOf(
  policies: readonly Policy[],
  { environment, service }: Pick<Plan, 'environment' | 'service'>,
): readonly Policy[] {
  return policies.filter(
    (policy) => covers(policy.environments, environment) && covers(policy.services, service),
  );
}

function covers(patterns: readonly string[] | null, name: string): boolean {
  if (patterns === null) return true;
  return patterns.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name));
}
