/** Who acts in this browser and what they may do, as the API knows it. */

import type { Me } from '../../../api/contract.ts';
import { everything, type Grant } from '../../../domain/access/grants.ts';
import { useQuery } from '../../live/use-query.ts';

export interface Rights {
  readonly grants: readonly Grant[];
  /** The name that the API has verified; null: it takes the name that is said. */
  readonly verifiedName: string | null;
}

/** Roles change, and what could not be asked once is asked again. */
const lookEveryMs = 30_000;
const nothing: Rights = { grants: [], verifiedName: null };

/** Until it is known nobody is offered anything; the API decides in any case. */
export function useRights(): Rights {
  const { data } = useQuery<Me>('/v1/me', lookEveryMs);
  if (data === null) return nothing;
  const { grants, verified, actor } = data;
  return verified
    ? { grants, verifiedName: actor }
    : { grants: data.loginNeeded ? grants : everything, verifiedName: null };
}
