/**
 * Kubernetes RBAC for a set of provider types: an account for each part of Sluice, with the rights that its types name.
 */
import { SluiceError } from '../domain/errors.ts';
import { adviceFor } from '../domain/nearest.ts';
import { builtInTypes, type ProviderTypes } from './built-in.ts';
import { joined, type KubeRole, type Right, type Rights, rightToSecrets } from './kube/rights.ts';

export interface RbacOptions {
  readonly rights: Readonly<Record<KubeRole, readonly Right[]>>;
  readonly roles: readonly KubeRole[];
  readonly leaseNamespace: string;
  /** Where routes and workloads are; `all`: in any namespace, now and later. */
  readonly namespaces: readonly string[] | 'all';
}

export interface RbacObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: object };
  readonly [field: string]: unknown;
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

type WithRights = { readonly type: string; readonly rights?: Rights };

/** Every type that has to do with a cluster, by name. */
export function typesWithRights(types: ProviderTypes = builtInTypes): ReadonlyMap<string, Rights> {
  return rightsByType([...types.traffic, ...types.workload, ...types.gates]);
}

/** Those without which there is no rollout on a cluster; what a gate takes is given only to whoever names it. */
export function usualTypes({ traffic, workload }: ProviderTypes = builtInTypes): readonly string[] {
  return [...rightsByType([...traffic, ...workload]).keys()];
}

function rightsByType(all: readonly WithRights[]): ReadonlyMap<string, Rights> {
  return new Map(all.flatMap(({ type, rights }) => (rights === undefined ? [] : [[type, rights] as const])));
}

/** Errors: `request-invalid` for a name that is no such type. `secrets`: those that settings name. */
export function rightsOf(
  names: readonly string[],
  types?: ProviderTypes,
  secrets: readonly string[] = [],
): RbacOptions['rights'] {
  const known = typesWithRights(types);
  const found = names.map((name) => {
    const rights = known.get(name);
    if (rights !== undefined) return rights;
    const advice = adviceFor(name, [...known.keys()]);
    throw new SluiceError('request-invalid', `No provider "${name}" needs rights on a cluster; ${advice}.`);
  });
  return joined([...found, rightToSecrets(secrets)]);
}

export function rbacObjects(options: RbacOptions): RbacObject[] {
  return options.roles.flatMap((role) => objectsOf(role, options));
}

function objectsOf(role: KubeRole, { rights, leaseNamespace, namespaces }: RbacOptions): RbacObject[] {
  const name = `sluice-${role}`;
  const labels = {
    'app.kubernetes.io/name': 'sluice',
    'app.kubernetes.io/component': role,
    'app.kubernetes.io/part-of': 'sluice',
  };
  const subjects = [{ kind: 'ServiceAccount', name, namespace: leaseNamespace }];
  const at = (where: Right['where']) => rights[role].filter((right) => right.where === where);
  const bound = (kind: 'Role' | 'ClusterRole', given: readonly Right[], namespace?: string) =>
    given.length === 0
      ? []
      : [kind, `${kind}Binding`].map((each) => ({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: each,
          metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
          ...(each === kind
            ? { rules: rulesOf(given) }
            : { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name }, subjects }),
        }));
  const targets = namespaces === 'all' ? [] : namespaces;
  const shared = targets.includes(leaseNamespace);
  const home = [...at('lease namespace'), ...(shared ? at('target namespace') : [])];
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: leaseNamespace, labels },
    },
    ...bound('Role', home, leaseNamespace),
    ...targets
      .filter((namespace) => namespace !== leaseNamespace)
      .flatMap((namespace) => bound('Role', at('target namespace'), namespace)),
    ...(namespaces === 'all' ? bound('ClusterRole', at('target namespace')) : []),
  ];
}

/**
 * One rule for each resource, with all that any type wants to do with it; those that allow the same are told together.
 */
export function rulesOf(rights: readonly Right[]): PolicyRule[] {
  const named = rights.flatMap(({ names, where: _where, ...rule }) =>
    names === undefined ? [] : [{ ...rule, resourceNames: names }],
  );
  return [...broadRules(rights.filter(({ names }) => names === undefined)), ...named];
}

function broadRules(rights: readonly Right[]): PolicyRule[] {
  const verbs = new Map<string, Set<string>>();
  for (const right of rights) {
    for (const group of right.apiGroups) {
      for (const resource of right.resources) {
        const key = `${group}|${resource}`;
        verbs.set(key, new Set([...(verbs.get(key) ?? []), ...right.verbs]));
      }
    }
  }
  const rules = new Map<string, { group: string; resources: string[]; verbs: string[] }>();
  for (const [key, allowed] of verbs) {
    const [group = '', resource = ''] = key.split('|');
    const sorted = [...allowed].toSorted();
    const same = `${group}|${sorted.join()}`;
    const rule = rules.get(same) ?? { group, resources: [], verbs: sorted };
    rules.set(same, { ...rule, resources: [...rule.resources, resource] });
  }
  return [...rules.values()].map(({ group, resources, verbs }) => ({ apiGroups: [group], resources, verbs }));
}
