/** Which permission each command to a rollout needs. */
import type { CommandName } from '../rollout/types.ts';
import type { Permission } from './grants.ts';

/** Whoever may only approve still says no, and brings back. */
export const commandPermissions: Readonly<Record<CommandName, Permission>> = {
  promote: 'steer',
  pause: 'steer',
  resume: 'steer',
  override: 'steer',
  rollback: 'rollback',
  approve: 'approve',
  reject: 'approve',
  confirm: 'approve',
};
