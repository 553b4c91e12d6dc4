/** The route of our own before a shared one: the same requests, if they carry the header, go to the canary. */
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import { type Entry, type HttpRoute, ownName, type SharedRoute } from './rules.ts';

type Match = NonNullable<HttpRoute['match']>[number];

/** Null: no request that the route takes can carry the header. */
export function headerRoute({ rule }: SharedRoute, canary: Entry, wanted: HeaderMatch): HttpRoute | null {
  const match = (rule.match ?? [{}]).flatMap((each) => withHeader(each, wanted));
  if (match.length === 0) return null;
  return { ...rule, name: ownName(wanted), match, route: [{ ...canary, weight: 100 }] };
}

/**
 * The names of headers are in lower case in a VirtualService. What the route asks of this header itself still holds.
 */
function withHeader(each: Match, { header, value }: HeaderMatch): Match[] {
  const name = header.toLowerCase();
  const asked = each.headers?.[name];
  const fits =
    asked === undefined ||
    asked.exact === value ||
    (asked.prefix !== undefined && value.startsWith(asked.prefix));
  if (!fits || each.withoutHeaders?.[name] !== undefined) return [];
  return [{ ...each, headers: { ...each.headers, [name]: { exact: value } } }];
}
