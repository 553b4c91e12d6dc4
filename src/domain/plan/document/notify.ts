/** Reads whom a plan wants to be told, beside those that the operator routes to. */
import { z } from 'zod';
import { adviceFor } from '../../nearest.ts';
import { problemOfEvents } from '../../notify/patterns.ts';
import type { PlanChannel, PlanNotices } from '../../notify/types.ts';
import { joinPath } from './problems.ts';
import type { PlanCatalogue } from './providers.ts';
import type { Report } from './read.ts';

const name = z.string().min(1).max(63);
const maxChannels = 10;

export const notifyField = z
  .array(
    z.union([
      name,
      z.strictObject({
        to: name.describe('Name of a notifier.'),
        events: z
          .array(z.string().min(1).max(80))
          .min(1)
          .max(50)
          .default(['*'])
          .describe('Which events; `*` stands for any characters. Default: all.'),
      }),
    ]),
  )
  .max(maxChannels)
  .optional()
  .describe('Notifiers that are told as well, of those that the operator lets plans name.');

/** Undefined: the operator has no notifiers, so nobody but an incident is told. */
export function noticesOf(
  written: z.output<typeof notifyField>,
  { channels: allowed }: PlanCatalogue,
  report: Report,
): PlanNotices | undefined {
  const channels = (written ?? []).map(
    (one): PlanChannel => (typeof one === 'string' ? { to: one, events: ['*'] } : one),
  );
  channels.forEach(({ to, events }, index) => {
    const path = joinPath('notify', index);
    if (!(allowed ?? []).includes(to)) {
      const message = `"${to}" is no notifier that plans may name; ${adviceFor(to, allowed ?? [])}`;
      report.problems.push({ path, message });
    }
    const problem = problemOfEvents(events);
    if (problem !== null) report.problems.push({ path, message: problem });
  });
  return allowed === undefined ? undefined : { channels };
}
