/** Takes control characters out of what others wrote, so that a reason cannot steer somebody's terminal. */

export function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Cc}+/gu, ' ');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
}
