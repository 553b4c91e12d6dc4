/**
 * JSON in its one canonical form (RFC 8785): equal values are equal bytes, so that a hash of them says what was meant.
 */

/** What JSON cannot hold is left out or null, as `JSON.stringify` does it. */
export function canonicalJson(value: unknown): string {
  return written(JSON.parse(JSON.stringify(value)));
}

function written(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  // By UTF-16 code units, as the standard asks and JavaScript compares.
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${quoted(key)}:${written(inner)}`).join(',')}}`;
}

/** Half of a surrogate pair is no text in any encoding; the standard has no form for it. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}
