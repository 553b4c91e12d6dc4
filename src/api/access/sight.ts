/** What of a list its reader is shown: lists are thinned to where somebody may read, not refused. */
import { type Area, allows, everywhere } from '../../domain/access/grants.ts';
import type { Principal } from './principal.ts';

/** Null: all of it. */
export type Sees = ((area: Area) => boolean) | null;

export function sightOf({ grants }: Principal): Sees {
  return allows(grants, 'read', everywhere) ? null : (area) => allows(grants, 'read', area);
}

export function areaOf(target: string): Area {
  const [environment = '', service = ''] = target.split('/');
  return { environment, service };
}
