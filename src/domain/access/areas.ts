/** The areas that a scope in words touches, so that it can be held against somebody's grants. */
import { type Area, everywhere } from './grants.ts';

/** `all`, `canary` and bare names, which may mean an environment or a service, reach everywhere. */
export function areaOfWord(word: string): Area {
  const [environment = '*', service, ...others] = word.split('/');
  return service === undefined || others.length > 0 ? everywhere : { environment, service };
}

export function areasOfEmergency(
  scope: 'all' | { readonly environments?: readonly string[]; readonly targets?: readonly string[] },
): readonly Area[] {
  if (scope === 'all') return [everywhere];
  const { environments = [], targets = [] } = scope;
  return [...environments.map((environment) => ({ environment, service: '*' })), ...targets.map(areaOfWord)];
}
