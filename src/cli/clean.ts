/** Takes characters that nobody sees out of what others wrote, so that a reason cannot steer somebody's terminal. */
import { asLine } from '../domain/legible.ts';

export function clean(value: unknown): unknown {
  if (typeof value === 'string') return asLine(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
}
