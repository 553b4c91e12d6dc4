/**
 * HAProxy's own clock, as `show errors` tells it in passing: the same that `date()` goes by in the frontend's rules. It
 * is told as local time, so the zone is found by the start time and the uptime in `show info`, which know no zone but
 * miss what became of the clock since the start.
 */

/** Zones differ from UTC by whole quarters of an hour. */
const zoneStepMs = 15 * 60_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Of a proxy that nobody has, since the requests that others sent are none of our business. */
export const clockCommands = ['show errors 2147483647', 'show info float'] as const;

/** Epoch milliseconds by the answers to `clockCommands`; undefined: this HAProxy does not tell. */
export function clockIn(errors: string | undefined, info: string | undefined): number | undefined {
  const localMs = shownIn(errors ?? '');
  const startedS = numberIn(info ?? '', 'Start_time_sec');
  const uptimeS = numberIn(info ?? '', 'Uptime_sec');
  if (localMs === undefined || startedS === undefined || uptimeS === undefined) return undefined;
  const aboutMs = (startedS + uptimeS) * 1000;
  return localMs - Math.round((localMs - aboutMs) / zoneStepMs) * zoneStepMs;
}

/** `Total events captured on [21/Nov/2026:12:28:11.804] : 0`, read as if it were UTC. */
function shownIn(answer: string): number | undefined {
  const shown = /\[(?<day>\d+)\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<time>[\d:.]+)\]/.exec(
    answer,
  )?.groups;
  const month = months.indexOf(shown?.month ?? '') + 1;
  if (shown === undefined || month === 0) return undefined;
  const two = (text: string | number | undefined) => String(text).padStart(2, '0');
  const ms = Date.parse(`${shown.year}-${two(month)}-${two(shown.day)}T${shown.time}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function numberIn(info: string, name: string): number | undefined {
  const text = new RegExp(`^${name}: *(?<number>[\\d.]+)$`, 'm').exec(info)?.groups?.number;
  return text === undefined ? undefined : Number(text);
}
