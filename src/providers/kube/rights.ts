/**
 * What a part of Sluice must be allowed to do on a cluster. Each provider type says what it needs; `sluice rbac` prints
 * it.
 */
import { secret } from './kinds.ts';
import type { KubeKind } from './types.ts';

export const kubeRoles = ['api', 'worker', 'guard'] as const;
/** The parts of Sluice that speak to clusters, each with an account of its own. */
export type KubeRole = (typeof kubeRoles)[number];

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface Right {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly Verb[];
  readonly where: 'lease namespace' | 'target namespace';
  /** Only these objects; absent: all. */
  readonly names?: readonly string[];
}

/** What each part needs; a part that is not named needs nothing. */
export type Rights = Readonly<Partial<Record<KubeRole, readonly Right[]>>>;

/**
 * The right to do `verbs` with objects of `kinds`, as many as there are groups. `sub`: with a part of them, such as a
 * pod's log.
 */
export function rightTo(
  verbs: readonly Verb[],
  kinds: readonly KubeKind[],
  where: Right['where'],
  sub?: string,
): Right[] {
  const groups = [...new Set(kinds.map(({ group }) => group))];
  return groups.map((group) => ({
    apiGroups: [group],
    resources: kinds
      .filter((kind) => kind.group === group)
      .map(({ resource }) => (sub === undefined ? resource : `${resource}/${sub}`)),
    verbs,
    where,
  }));
}

/** To read these Secrets, for settings that name them. */
export function rightToSecrets(names: readonly string[]): Rights {
  const rights = rightTo(['get'], [secret], 'lease namespace').map((right) => ({ ...right, names }));
  return names.length === 0 ? {} : { api: rights, worker: rights };
}

/** All of them together, part by part. */
export function joined(all: readonly (Rights | undefined)[]): Record<KubeRole, readonly Right[]> {
  const of = (role: KubeRole) => all.flatMap((rights) => rights?.[role] ?? []);
  return { api: of('api'), worker: of('worker'), guard: of('guard') };
}
