/** Who acts in this browser and what they may do, as the API knows it. */
import { useMe } from '../../shell/me.ts';
import { type Rights, rightsOf } from './rights.ts';

export function useRights(): Rights {
  return rightsOf(useMe());
}
