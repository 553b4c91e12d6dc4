/** Who acts and what they may do, read from what the API says of them. */

import type { Me } from '../../../api/contract.ts';
import { everything, type Grant } from '../../../domain/access/grants.ts';

export interface Rights {
  readonly grants: readonly Grant[];
  /** The name that the API has verified; null: it takes the name that is said. */
  readonly verifiedName: string | null;
}

/** Until it is known nobody is offered anything; the API decides in any case. */
export function rightsOf(me: Me | null): Rights {
  if (me === null) return { grants: [], verifiedName: null };
  const { grants, verified, actor, loginNeeded } = me;
  return verified
    ? { grants, verifiedName: actor }
    : { grants: loginNeeded ? grants : everything, verifiedName: null };
}
