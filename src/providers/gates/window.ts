/** Opens within the times that the plan names, and closes in freezes. Never asked on the way back. */
import { z } from 'zod';
import { type Freeze, freezeAt, nextOpening, type Opening } from '../../domain/gates/window.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateType } from './types.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time from 00:00 to 24:00');
const instant = z.iso.datetime({ offset: true });

const timeZone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'is no IANA time zone, such as Europe/Berlin');

const options = z.strictObject({
  timeZone: timeZone.default('UTC').describe('IANA time zone of the hours and days.'),
  days: z
    .array(z.enum(days))
    .min(1)
    .default(['mon', 'tue', 'wed', 'thu', 'fri'])
    .describe('Days on which it opens.'),
  from: timeOfDay.default('00:00').describe('Opens at this time of the day.'),
  to: timeOfDay.default('24:00').describe('Closed again from this time on; before `from`: on the next day.'),
});

const freeze = z
  .strictObject({
    name: z.string().min(1).max(200),
    from: instant.describe('First moment of the freeze.'),
    to: instant.describe('First moment after it.'),
    environments: z.array(z.string()).optional().describe('Default: all.'),
    services: z.array(z.string()).optional().describe('Default: all.'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'must end after it begins');

const settings = z.strictObject({
  freezes: z.array(freeze).default([]).describe('When nothing goes forward.'),
});

export const windowGate: GateType = {
  type: 'window',
  summary: 'Hours, days and freezes, in any time zone; half-open, so that it is closed at its end.',
  options,
  settings,
  timeoutMs: 7 * 86_400_000,
  create: (given) => createWindow(readSettings('window', settings, given)),
};

function createWindow({ freezes }: z.output<typeof settings>): Gate {
  return {
    async evaluate({ options: given, nowMs, environment, service }) {
      const opening: Opening = options.parse(given);
      const frozen = freezeAt(freezes.map(parsed), { environment, service }, nowMs);
      const facts = { timeZone: opening.timeZone, at: new Date(nowMs).toISOString() };
      if (frozen !== null) {
        const until = new Date(frozen.toMs).toISOString();
        const reason = `the freeze "${frozen.name}" lasts until ${until}; wait, or ask whoever keeps it`;
        return { answer: 'hold', reason, facts: { ...facts, freeze: frozen.name, until } };
      }
      const opensMs = nextOpening(opening, nowMs);
      if (opensMs === nowMs) return { answer: 'open', reason: 'within the window', facts };
      if (opensMs === null) {
        return { answer: 'refuse', reason: 'the window never opens; correct its days and hours', facts };
      }
      const opens = new Date(opensMs).toISOString();
      return {
        answer: 'hold',
        reason: `closed until ${opens}; nothing needs to be done`,
        facts: { ...facts, opens },
      };
    },
    async close() {},
  };
}

function parsed({ name, from, to, environments, services }: z.output<typeof freeze>): Freeze {
  return {
    name,
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    environments: environments ?? null,
    services: services ?? null,
  };
}
