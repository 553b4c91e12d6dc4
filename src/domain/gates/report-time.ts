/** When a report was made, as it says itself, and how old that makes it. Pure. */
import { formatDuration } from '../duration.ts';

/** Epoch milliseconds; null: it does not say, or not in a way that can be read. */
export function timeOf(text: string | undefined): number | null {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

/** In whole minutes, for people. */
export function ageText(ageMs: number): string {
  return formatDuration(Math.floor(ageMs / 60_000) * 60_000);
}
