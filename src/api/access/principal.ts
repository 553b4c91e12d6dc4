/** Who sent a request, verified, and what that person or machine may do. */
import {
  type Area,
  allows,
  allowsSomewhere,
  allowsWithin,
  everything,
  everywhere,
  type Grant,
  inWords,
  type Permission,
  rolesWith,
} from '../../domain/access/grants.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Reach } from '../../domain/policy/bounds.ts';

export interface Principal {
  /** As histories name them. */
  readonly name: string;
  /** False: nobody has to say who they are here, and actors are what requests say. */
  readonly verified: boolean;
  readonly grants: readonly Grant[];
  /** Absent: it was not a browser's session that said who it is. */
  readonly session?: Session;
}

export interface Session {
  /** Null: it is not kept which sessions there are. */
  readonly id: string | null;
  /** What a page of ours sends along with whatever changes something. */
  readonly csrf: string;
  /** Then somebody has to log in again. */
  readonly untilMs: number;
}

/** On loopback without authentication: whoever can reach the API runs on this machine. */
export const anybody: Principal = { name: 'anybody', verified: false, grants: everything };

/** Where people have to say who they are, and this one has not. */
export const nobody: Principal = { name: 'nobody', verified: false, grants: [] };

/** Throws `access-refused`, which says what is missing and where. */
export function need(principal: Principal, permission: Permission, ...areas: readonly Area[]): void {
  for (const area of areas) {
    if (allows(principal.grants, permission, area)) continue;
    const where = area.environment === '*' && area.service === '*' ? 'everywhere' : `in ${shown(area)}`;
    throw refused(principal, permission, where);
  }
}

export function needSomewhere(principal: Principal, permission: Permission): void {
  if (!allowsSomewhere(principal.grants, permission)) throw refused(principal, permission, 'anywhere');
}

/** For a part of the area at least. */
export function needWithin(principal: Principal, permission: Permission, area: Area): void {
  if (!allowsWithin(principal.grants, permission, area))
    throw refused(principal, permission, `anywhere in ${shown(area)}`);
}

/** How far the permission goes beyond the environment and service that it is used in. */
export function reachOf({ grants }: Principal, permission: Permission, { environment }: Area): Reach {
  if (allows(grants, permission, everywhere)) return 'anywhere';
  return allows(grants, permission, { environment, service: '*' }) ? 'environment' : 'service';
}

/** The name that goes into the history: the verified one, whatever the request says. */
export function actorOf({ name, verified }: Principal, said: string): string {
  return verified ? name : said;
}

function refused({ name }: Principal, permission: Permission, where: string): SluiceError {
  const wanted = `${inWords[permission]} ${where}; it takes ${rolesWith(permission).join(' or ')}`;
  return new SluiceError('access-refused', `${name} has no role that allows ${wanted}.`, {
    details: { principal: name, permission },
  });
}

function shown({ environment, service }: Area): string {
  return `${environment}/${service}`;
}
