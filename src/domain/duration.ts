/** Durations as people write them (`90s`, `1h30m`) and as code keeps them (milliseconds). */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** The form of a duration: units from large to small, each at most once, whole numbers, at least one. */
export const durationPattern =
  /^(?=\d)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

/** A century: beyond it a number is a slip of the pen, and sums stay exact. */
const longestMs = 36_500 * 86_400_000;

type DurationResult =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly problem: string };

/** Reads a duration strictly. A bare number is refused, since nobody can tell seconds from milliseconds. */
export function parseDuration(input: unknown): DurationResult {
  if (typeof input === 'number')
    return refuse(`${input} has no unit; write ${input}s, ${input}m or ${input}h`);
  if (typeof input !== 'string') return refuse('must be a duration such as 30s, 5m or 1h30m');
  if (/^\d+$/.test(input)) return parseDuration(Number(input));
  const parts = durationPattern.exec(input);
  if (parts === null) {
    const shown = input.length > 40 ? `${input.slice(0, 40)}…` : input;
    return refuse(`"${shown}" is not a duration; write for example 500ms, 30s, 5m, 1h30m or 2d`);
  }
  const ms = units.reduce((sum, [, size], at) => sum + Number(parts[at + 1] ?? 0) * size, 0);
  return ms > longestMs ? refuse(`"${input}" is longer than 100 years`) : { ok: true, ms };
}

/** Writes milliseconds as `parseDuration` reads them: `90_000` is `1m30s`, `0` is `0s`. Fractions are rounded. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  let rest = Math.round(Math.abs(ms));
  let text = ms < 0 && rest > 0 ? '-' : '';
  if (rest === 0) return '0s';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** What was measured, as exact as somebody can use it: tenths of some seconds, seconds of minutes. */
export function formatMeasured(ms: number): string {
  if (ms < 1000) return formatDuration(ms);
  return ms < 10_000 ? `${Number((ms / 1000).toFixed(1))}s` : formatDuration(Math.round(ms / 1000) * 1000);
}

function refuse(problem: string): DurationResult {
  return { ok: false, problem };
}
