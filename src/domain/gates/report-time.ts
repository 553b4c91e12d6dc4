/** When a report was made, as it says itself, and how old that makes it. Pure. */
import { formatDuration } from '../duration.ts';

/** Clocks differ by this much. */
const skewMs = 5 * 60_000;

/** Epoch milliseconds; null: it does not say, or not in a way that can be read. */
export function timeOf(text: string | undefined): number | null {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

/** In whole minutes, for people. */
function ageText(ageMs: number): string {
  return formatDuration(Math.floor(ageMs / 60_000) * 60_000);
}

/** Why something of that time does not count now; null: it does. What is dated ahead would never get old. */
export function staleWhy(atMs: number, maxAgeMs: number, nowMs: number): string | null {
  if (atMs > nowMs + skewMs) return `is dated ahead, ${new Date(atMs).toISOString()}`;
  const ageMs = nowMs - atMs;
  return ageMs < maxAgeMs ? null : `is ${ageText(ageMs)} old, and may be ${formatDuration(maxAgeMs)}`;
}
