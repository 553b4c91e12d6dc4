/** Where the login page leads: as a login at a provider does, and not to itself. */
import { home, returnPathOf } from '../../../domain/access/return-path.ts';

export function backTo(wanted: string | null): string {
  const path = returnPathOf(wanted ?? undefined);
  return path.startsWith('/ui/login') ? home : path;
}
