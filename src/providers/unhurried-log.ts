/** Where a process logs that must not wait for whoever reads its log. */
import { pino } from 'pino';

/** Of lines that nobody has taken yet. What comes on top is dropped, for a log must not take the process with it. */
export const heldBytes = 8 * 1024 * 1024;

/** Standard output, or a file. At the end of the process, and after a fatal line, all that is held is written. */
export function unhurriedLog(dest?: string) {
  return pino.destination({ ...(dest === undefined ? {} : { dest }), sync: false, maxLength: heldBytes });
}
