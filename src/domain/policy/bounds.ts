/**
 * What the operator gives plans of each environment and service of an instance: whether they may name it at all, and
 * which objects of a cluster they may name. A plan's environment is what its author wrote, so a role for one
 * environment reaches no further than this holds it. Pure.
 */
import type { Problem } from '../errors.ts';
import type { Plan, ProviderChoice } from '../plan/types.ts';
import { wildcard } from '../wildcard.ts';

/** In each text `*` stands for any characters, and `{{environment}}` and `{{service}}` for the plan's own. */
export interface Place {
  /** Of whose plans it speaks. */
  readonly environments: readonly string[];
  readonly services: readonly string[];
  /** Null: the one of the instance. */
  readonly namespaces: readonly string[] | null;
  /** What objects may be called that a plan names. */
  readonly names: readonly string[];
}

export interface InstanceBounds {
  /** Whose plans may name it; null: the operator has not said. */
  readonly environments: readonly string[] | null;
  /** Null: the operator has not said. */
  readonly places: readonly Place[] | null;
  /** Options of plans that name objects of a cluster; null: plans choose no objects of it. */
  readonly naming: readonly string[] | null;
  /** Where objects are whose namespace a plan does not name; null: whatever its access to the cluster says. */
  readonly namespace: string | null;
}

const roles = ['traffic', 'workload', 'metrics'] as const;

/** By role and instance; what is not in it is not bound. */
export type Bounds = Readonly<
  Partial<Record<(typeof roles)[number], Readonly<Record<string, InstanceBounds>>>>
>;

/**
 * How far whoever sends the plan may go: `anywhere`, in all services of the plan's environment, or there in its service
 * only.
 */
export type Reach = 'anywhere' | 'environment' | 'service';

/** Whether plans of its environment may ask the plan's source of metrics; null: they may. */
export function metricsProblem(plan: Plan, bounds: Bounds): string | null {
  const instance = bounds.metrics?.[plan.metrics.name];
  return instance === undefined ? null : strangerAt(plan, plan.metrics, instance);
}

export function boundProblems(plan: Plan, bounds: Bounds, reach: Reach): readonly Problem[] {
  return roles.flatMap((role) => {
    const choice = plan[role];
    const instance = bounds[role]?.[choice.name];
    if (instance === undefined) return [];
    const found = strangerAt(plan, choice, instance) ?? unsaid(choice, instance, reach);
    if (found !== null) return [{ path: role, message: found, kind: 'policy' }];
    return placeProblems(plan, role, choice, instance);
  });
}

function strangerAt(plan: Plan, { name }: ProviderChoice, { environments }: InstanceBounds): string | null {
  if (environments === null || fits(environments, plan.environment, plan)) return null;
  return `${name} is for plans of ${environments.join(', ')}, not of ${plan.environment} (its \`environments\`)`;
}

/** Where nothing is said, only those may choose who need not be held. */
function unsaid(
  { name }: ProviderChoice,
  { environments, places, naming }: InstanceBounds,
  reach: Reach,
): string | null {
  if (naming === null || places !== null || reach === 'anywhere') return null;
  if (reach === 'environment' && environments !== null) return null;
  return `${name} does not say which plans may use which namespaces, so it is only for whoever may start rollouts everywhere; the operator can set its \`places\``;
}

function placeProblems(
  plan: Plan,
  role: string,
  { name: instance, options }: ProviderChoice,
  { places, naming, namespace: own }: InstanceBounds,
): readonly Problem[] {
  if (places === null || naming === null) return [];
  const open = places.filter(
    ({ environments, services }) =>
      fits(environments, plan.environment, plan) && fits(services, plan.service, plan),
  );
  const who = `plans of ${plan.environment}/${plan.service}`;
  const problem = (path: string, message: string): Problem => ({ path, message, kind: 'policy' });
  if (open.length === 0) return [problem(role, `${instance} has no place for ${who} (its \`places\`)`)];
  const namespace = typeof options.namespace === 'string' ? options.namespace : own;
  if (namespace === null) {
    const why = `has to be named, since ${instance} has \`places\` and no \`namespace\` of its own`;
    return [problem(`${role}.namespace`, why)];
  }
  const there = open.filter(({ namespaces }) => fits(namespaces ?? [own ?? ''], namespace, plan));
  if (there.length === 0) {
    const all = open.flatMap(({ namespaces }) => namespaces ?? own ?? []).join(', ') || 'none';
    const why = `${namespace} is not for ${who}; ${instance} gives them: ${all} (its \`places\`)`;
    return [problem(`${role}.namespace`, why)];
  }
  const names = there.flatMap((place) => place.names);
  return naming.flatMap((option) => {
    const named = options[option];
    if (typeof named !== 'string' || fits(names, named, plan)) return [];
    const why = `${named} is not for ${who}; in ${namespace} ${instance} gives them: ${names.join(', ')} (its \`places\`)`;
    return [problem(`${role}.${option}`, why)];
  });
}

function fits(patterns: readonly string[], text: string, { environment, service }: Plan): boolean {
  return patterns.some((pattern) =>
    wildcard(pattern.replaceAll('{{environment}}', environment).replaceAll('{{service}}', service)).test(
      text,
    ),
  );
}
