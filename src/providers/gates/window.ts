/** Opens within the times that the plan names, and closes in freezes. Never asked on the way back. */
import { z } from 'zod';
import { overrideAt, same } from '../../domain/gates/override.ts';
import type { Override } from '../../domain/gates/types.ts';
import { type Freeze, freezeAt, nextOpening, type Opening } from '../../domain/gates/window.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

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
    environments: z.array(z.string()).min(1).optional().describe('Default: all.'),
    teams: z.array(z.string()).min(1).optional().describe('Services of these teams. Default: all.'),
    services: z.array(z.string()).min(1).optional().describe('Default: all, or those of the teams.'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'must end after it begins');

const settings = z
  .strictObject({
    freezes: z.array(freeze).max(200).default([]).describe('When nothing goes forward.'),
    teams: z
      .record(z.string().min(1), z.array(z.string()).min(1))
      .default({})
      .describe('Which services are whose.'),
    overriders: z
      .array(z.string().min(1))
      .min(2)
      .optional()
      .describe('Who may ask for an override, and who may confirm one. Default: anybody.'),
  })
  .superRefine(({ freezes, teams }, context) => {
    for (const [at, { teams: named = [] }] of freezes.entries()) {
      for (const team of named.filter((one) => !Object.hasOwn(teams, one))) {
        // A freeze of nobody would freeze nothing.
        const message = `there is no team "${team}"; name its services under teams`;
        context.addIssue({ code: 'custom', path: ['freezes', at, 'teams'], message });
      }
    }
  });
type WindowSettings = z.output<typeof settings>;

export const windowGate: GateType = {
  type: 'window',
  summary: 'Hours, days and freezes, in any time zone; half-open, so that it is closed at its end.',
  options,
  settings,
  timeoutMs: 7 * 86_400_000,
  create: (given) => createWindow(readSettings('window', settings, given)),
};

function createWindow(known: WindowSettings): Gate {
  const freezes = known.freezes.map((one) => parsed(one, known.teams));
  return {
    async evaluate(question) {
      const verdict = timely(freezes, question);
      const override = overrideAt(question.override ?? undefined, question.nowMs);
      if (verdict.answer === 'open' || override === null) return verdict;
      return overridden(verdict, override, known.overriders);
    },
    async close() {},
  };
}

function timely(
  freezes: readonly Freeze[],
  { options: given, nowMs, environment, service }: GateQuestion,
): GateVerdict {
  const opening: Opening = options.parse(given);
  const frozen = freezeAt(freezes, { environment, service }, nowMs);
  const facts = { timeZone: opening.timeZone, at: new Date(nowMs).toISOString() };
  if (frozen !== null) {
    const until = new Date(frozen.toMs).toISOString();
    const reason = `the freeze "${frozen.name}" lasts until ${until}; wait, or ask for an override with \`sluice override\``;
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
}

/** Both people must be among those who may. */
function overridden(
  closed: GateVerdict,
  { actor, confirmedBy, reason, untilMs }: Override,
  overriders: readonly string[] | undefined,
): GateVerdict {
  const may = (one: string) => overriders === undefined || overriders.some((each) => same(each, one));
  const others = [actor, confirmedBy].filter((one) => !may(one));
  if (others.length > 0) {
    const who = others.join(' and ');
    return { ...closed, reason: `${closed.reason}; the override does not count: ${who} may not give one` };
  }
  const until = new Date(untilMs).toISOString();
  return {
    answer: 'open',
    reason: `overridden until ${until} by ${actor} and ${confirmedBy}: ${reason}; without that: ${closed.reason}`,
    facts: { ...closed.facts, override: { actor, confirmedBy, reason, until } },
  };
}

function parsed(
  { name, from, to, environments, teams, services }: z.output<typeof freeze>,
  known: WindowSettings['teams'],
): Freeze {
  const owned = teams?.flatMap((team) => known[team] ?? []);
  return {
    name,
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    environments: environments ?? null,
    services: owned === undefined && services === undefined ? null : [...(owned ?? []), ...(services ?? [])],
  };
}
