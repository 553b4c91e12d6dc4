/** Who may do what, where: roles, what each allows, and grants that bind a role to environments and services. */

import { wildcard } from '../wildcard.ts';

export const roles = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

/** `rollback` is every way back to stable; `release` lifts what an emergency bars. */
export const permissions = ['read', 'start', 'steer', 'approve', 'rollback', 'release', 'admin'] as const;
export type Permission = (typeof permissions)[number];

/** Whoever may touch a rollout at all may bring it back. An operator does not approve, nor an approver start. */
const allowedTo: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'start', 'steer', 'rollback', 'release'],
  approver: ['read', 'approve', 'rollback'],
  admin: permissions,
};

/** As people are told what they lack. */
export const inWords: Readonly<Record<Permission, string>> = {
  read: 'looking at rollouts',
  start: 'starting rollouts',
  steer: 'acting on rollouts',
  approve: 'approving',
  rollback: 'rolling back',
  release: 'releasing an emergency',
  admin: 'what administrators do',
};

export function rolesWith(permission: Permission): readonly Role[] {
  return roles.filter((role) => allowedTo[role].includes(permission));
}

export interface Grant {
  readonly role: Role;
  /** Names, in which `*` stands for any characters. */
  readonly environments: readonly string[];
  readonly services: readonly string[];
}

/** What an action touches: names, or `*` for all there are, now or later. */
export interface Area {
  readonly environment: string;
  readonly service: string;
}

export const everywhere: Area = { environment: '*', service: '*' };

/** Whether one of the grants allows it in all of the area. */
export function allows(grants: readonly Grant[], permission: Permission, area: Area): boolean {
  return grants.some(
    (grant) =>
      allowedTo[grant.role].includes(permission) &&
      covers(grant.environments, area.environment) &&
      covers(grant.services, area.service),
  );
}

/** Whether one of the grants allows it in a part of the area at least. */
export function allowsWithin(grants: readonly Grant[], permission: Permission, area: Area): boolean {
  const meets = (patterns: readonly string[], wanted: string) => wanted === '*' || covers(patterns, wanted);
  return grants.some(
    ({ role, environments, services }) =>
      allowedTo[role].includes(permission) &&
      meets(environments, area.environment) &&
      meets(services, area.service),
  );
}

/** Whether one of the grants allows it anywhere. */
export function allowsSomewhere(grants: readonly Grant[], permission: Permission): boolean {
  return grants.some(({ role }) => allowedTo[role].includes(permission));
}

export const everything: readonly Grant[] = [{ role: 'admin', environments: ['*'], services: ['*'] }];

/** A pattern is covered by itself and by `*`; a name also by every pattern that it fits. */
function covers(patterns: readonly string[], wanted: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' || pattern === wanted || (!wanted.includes('*') && wildcard(pattern).test(wanted)),
  );
}
