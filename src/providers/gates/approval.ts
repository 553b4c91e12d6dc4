/** Waits for people: so many, of those who may, not the one who started it, and not for ever. */
import { z } from 'zod';
import { formatDuration } from '../../domain/duration.ts';
import { type Delegation, tally, waitsFor } from '../../domain/gates/approval.ts';
import { duration } from '../../domain/plan/document/duration-schema.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const minuteMs = 60_000;
const person = z.string().min(1).max(200);
const role = z.string().min(1).max(100);

const options = z.strictObject({
  count: z.int().min(1).max(20).default(1).describe('How many different people must approve.'),
  roles: z.array(role).min(1).max(20).optional().describe('Only people of these roles. Default: anybody.'),
  notAuthor: z.boolean().default(true).describe('Whoever starts the rollout cannot approve it.'),
  validFor: duration(minuteMs, 30 * 24 * 60 * minuteMs)
    .prefault('24h')
    .describe('How long an approval counts.'),
});

/** A plan is parsed once; what the workflow hands back is in milliseconds already. */
const read = z.object({
  count: z.number(),
  roles: z.array(role).optional(),
  notAuthor: z.boolean(),
  validFor: z.number(),
});

const delegate = z.strictObject({
  to: person,
  until: z.iso.datetime({ offset: true }).describe('First moment at which it counts no more.'),
});

const settings = z.strictObject({
  roles: z.record(role, z.array(person).min(1)).default({}).describe('Who has which role.'),
  delegates: z
    .record(person, z.array(z.union([person, delegate])).min(1))
    .default({})
    .describe(
      'Who may approve in the place of whom: `ann: [bob]` lets bob stand in for ann, `{ to: bob, until: … }` until then.',
    ),
});

export const approvalGate: GateType = {
  type: 'approval',
  summary: 'People who say yes; not the one who started the rollout, and of the roles that the plan names.',
  options,
  settings,
  intervalMs: 2_000,
  timeoutMs: 24 * 60 * minuteMs,
  create: (given) => createApproval(readSettings('approval', settings, given)),
};

function createApproval(known: z.output<typeof settings>): Gate {
  return {
    evaluate: async (question) => evaluate(known, question),
    close: async () => {},
  };
}

function evaluate({ roles, delegates }: z.output<typeof settings>, question: GateQuestion): GateVerdict {
  const asked = read.parse(question.options);
  const unknown = (asked.roles ?? []).filter((name) => roles[name] === undefined);
  if (unknown.length > 0) {
    const reason = `nobody has the role ${unknown.join(' or ')}; name its people in the settings of this gate`;
    return { answer: 'refuse', reason };
  }
  const people = asked.roles?.flatMap((name) => roles[name] ?? []) ?? null;
  const { count, notAuthor, validFor } = asked;
  const rule = { count, people, delegations: delegationsIn(delegates), notAuthor, validForMs: validFor };
  const { counted, ignored } = tally(rule, question);
  const facts = {
    needed: asked.count,
    counted,
    ignored,
    roles: asked.roles ?? [],
    waitsFor: waitsFor(rule, counted, question),
  };
  if (counted.length >= asked.count) {
    return { answer: 'open', reason: `approved by ${counted.join(' and ')}`, facts };
  }
  return { answer: 'hold', reason: waitingFor(asked, counted, ignored, question), facts };
}

function delegationsIn(delegates: z.output<typeof settings>['delegates']): readonly Delegation[] {
  return Object.entries(delegates).flatMap(([from, all]) =>
    all.map((one) =>
      typeof one === 'string'
        ? { from, to: one, untilMs: null }
        : { from, to: one.to, untilMs: Date.parse(one.until) },
    ),
  );
}

function waitingFor(
  { count, roles, notAuthor, validFor }: z.output<typeof read>,
  counted: readonly string[],
  ignored: ReturnType<typeof tally>['ignored'],
  { author, target }: GateQuestion,
): string {
  const has = counted.length === 0 ? '' : `, has that of ${counted.join(' and ')}`;
  const whose = roles === undefined ? '' : ` of ${roles.join(' or ')}`;
  const but = notAuthor && author !== '' ? `, not of ${author}` : '';
  const wrong = ignored.map(({ actor, why }) => `that of ${actor ?? 'nobody'} does not count: ${why}`);
  const how = `approve in the dashboard or with \`sluice approve ${target}\`; it counts for ${formatDuration(validFor)}`;
  return [`needs ${count} approval${count === 1 ? '' : 's'}${whose}${but}${has}`, ...wrong, how].join('; ');
}
