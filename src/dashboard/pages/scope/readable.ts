/** Where somebody may read, for lists that show one environment to whoever may not read all. */
import { allows, everywhere, type Grant } from '../../../domain/access/grants.ts';

/** Names and patterns of environments; null: everywhere, or not known. */
export function readableIn(grants: readonly Grant[]): readonly string[] | null {
  if (grants.length === 0 || allows(grants, 'read', everywhere)) return null;
  return [...new Set(grants.flatMap(({ environments }) => environments))];
}

/** The one to begin with; empty: none is known by its name. */
export function firstOf(readable: readonly string[] | null): string {
  return readable?.find((name) => !name.includes('*')) ?? '';
}

export function chooseText(readable: readonly string[] | null): string {
  const known = readable?.filter((name) => name !== '*') ?? [];
  return `Choose an environment${known.length === 0 ? '' : `: you may read ${known.join(', ')}`}.`;
}
