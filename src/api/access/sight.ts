/** What of a list its reader is shown: lists are thinned to where somebody may read, not refused. */
import { type Area, allows, everywhere } from '../../domain/access/grants.ts';
import type { Principal } from './principal.ts';

/** Null: all of it. */
export type Sees = Sight | null;

interface Sight {
  (area: Area): boolean;
  /** Nothing is seen outside of them. Absent: they have no list of names. */
  readonly environments?: readonly string[];
}

/** More names would make a query too long. */
const mostNamed = 50;
const plainName = /^[\w.-]+$/;

export function sightOf({ grants }: Principal): Sees {
  if (allows(grants, 'read', everywhere)) return null;
  const sees = (area: Area) => allows(grants, 'read', area);
  const environments = [...new Set(grants.flatMap((grant) => grant.environments))];
  const named = environments.length <= mostNamed && environments.every((name) => plainName.test(name));
  return named && environments.length > 0 ? Object.assign(sees, { environments }) : sees;
}

export function areaOf(target: string): Area {
  const [environment = '', service = ''] = target.split('/');
  return { environment, service };
}
