/** Times as people write them on a command line. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../domain/duration.ts';

/** Later than any time in seconds that somebody means: beyond it, a number is milliseconds. */
const mostSeconds = 100_000_000_000;

/** `-2h` (before now), `now`, seconds or milliseconds since 1970, or an ISO time; gives epoch milliseconds. */
export function parseWhen(text: string): (nowMs: number) => number {
  if (text === 'now') return (nowMs) => nowMs;
  if (text.startsWith('-')) {
    const ago = parseDuration(text.slice(1));
    if (!ago.ok) throw new InvalidArgumentError(`${ago.problem}.`);
    return (nowMs) => nowMs - ago.ms;
  }
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return () => Math.round(number < mostSeconds ? number * 1000 : number);
  }
  // Without a zone the answer would depend on the machine.
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text);
  const ms = zoned ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return () => ms;
  throw new InvalidArgumentError('Write -2h, now, 1700000000 or 2026-11-21T10:00:00Z.');
}
