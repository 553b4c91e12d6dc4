/** A stop of everything in lines: where, who ordered it and why, and how it is released. */
import type { StopOfAll } from '../api/contract.ts';
import { stamp } from './text.ts';

/** None: no stop of everything is known to be in force. */
export function stopOfAllLines({ stops, orders }: StopOfAll): string[] {
  const stopped = stops.filter((one) => one.stopped === true).map(({ traffic }) => traffic);
  const away = stops.filter((one) => one.stopped === null).map(({ traffic }) => traffic);
  const unseen = away.map((name) => `whether everything behind ${name} is stopped cannot be seen`);
  if (stopped.length === 0) return unseen;
  const holders = orders.map(({ actor, reason, atMs, emergency }) => {
    const said = `${stamp(atMs)} UTC, ${actor}: ${reason}`;
    return emergency === null
      ? `  last ordered through this API: ${said}; release it with \`sluice emergency-stop --release\``
      : `  since ${said}; held by the emergency ${emergency}`;
  });
  const unknown = '  by whom is not known here; release it with `sluice emergency-stop --release`';
  const what = `everything behind ${stopped.join(', ')} is stopped, so no rollout can begin there`;
  return [what, ...(holders.length === 0 ? [unknown] : holders), ...unseen];
}
