/**
 * Opens if the service is ready for production: no blocker is left, and the score over its categories is high enough.
 */
import { z } from 'zod';
import {
  categories,
  documentNames,
  type Facts,
  judgeReadiness,
  type ReadinessCheck,
  type ReadinessVerdict,
  readFacts,
} from '../../domain/gates/readiness.ts';
import type { GateReport } from '../../domain/gates/types.ts';
import { dayMs } from '../../domain/plan/document/duration-schema.ts';
import { readSettings } from '../settings.ts';
import { findReport, oneSource, reportPath, reportSettings } from './reports/source.ts';
import type { Gate, GateQuestion, GateType } from './types.ts';

const percent = z.number().min(0).max(100);
const name = z.string().min(1).max(100);

const options = z.strictObject({
  minScore: percent.optional().describe("The least score, if more than the operator's."),
});

const check = z
  .strictObject({
    name,
    blocker: z.boolean().default(true).describe('Nothing else makes up for it.'),
    weight: z.number().positive().max(100).default(1).describe('In the score of its category.'),
    action: z.string().min(1).max(300).optional().describe('What to do when it has not passed.'),
    fact: name.optional().describe('The fact of the readiness document that it asks for.'),
    min: z.number().optional().describe('The least that the fact may be.'),
    max: z.number().optional().describe('The most that the fact may be.'),
    maxAgeDays: z
      .number()
      .positive()
      .max(3650)
      .optional()
      .describe('How old the fact may be, days. Default: 90.'),
    gate: name
      .optional()
      .describe('Another gate instance; all that the plan asks of it at the same place must be open.'),
  })
  .refine((one) => (one.fact === undefined) !== (one.gate === undefined), 'needs a fact or a gate')
  .refine(
    ({ fact, min, max, maxAgeDays }) =>
      fact !== undefined || (min === undefined && max === undefined && maxAgeDays === undefined),
    'min, max and maxAgeDays are for facts',
  );

const settings = z
  .strictObject({
    ...reportSettings,
    report: reportPath
      .optional()
      .describe('Where the readiness document lies; needed if a check asks for a fact.'),
    names: z
      .array(z.enum(documentNames))
      .default([])
      .describe(
        'What the readiness document must name: service, environment, version. What it names must fit.',
      ),
    categories: z
      .strictObject(
        Object.fromEntries(categories.map((one) => [one, z.array(check).max(50).optional()] as const)),
      )
      .describe('Checks by category: security, performance, reliability, compliance.'),
    minScore: percent.default(90).describe('The least score.'),
  })
  .refine((given) => checksOf(given).length > 0, 'needs at least one check')
  .refine(
    (given) =>
      !checksOf(given).some(({ of }) => 'fact' in of) || (given.report !== undefined && oneSource(given)),
    'has checks of facts, which need a report and a directory or a url',
  );

export const readinessGate: GateType = {
  type: 'readiness',
  summary: 'Readiness for production: checks by category, blockers, a score, and what to do next.',
  options,
  settings,
  // It looks at what the gates beside it have said.
  intervalMs: 2_000,
  create: (given) => createReadiness(readSettings('readiness', settings, given)),
};

type Settings = z.output<typeof settings>;

function checksOf(given: {
  readonly categories: Readonly<Record<string, readonly z.output<typeof check>[] | undefined>>;
}) {
  return categories.flatMap((category) =>
    (given.categories[category] ?? []).map((one) => checkOf(category, one)),
  );
}

function checkOf(category: (typeof categories)[number], one: z.output<typeof check>): ReadinessCheck {
  const { fact, gate, min = null, max = null, maxAgeDays = 90 } = one;
  const maxAgeMs = maxAgeDays * dayMs;
  return {
    name: one.name,
    category,
    blocker: one.blocker,
    weight: one.weight,
    action: one.action ?? null,
    of: gate === undefined ? { fact: fact ?? '', min, max, maxAgeMs } : { gate },
  };
}

function createReadiness(known: Settings): Gate {
  const checks = checksOf(known);
  const asksFacts = checks.some(({ of }) => 'fact' in of);
  return {
    async evaluate(question, signal) {
      const { minScore = 0 } = options.parse(question.options);
      const found =
        asksFacts && known.report !== undefined
          ? await findReport(known, known.report, question, signal)
          : null;
      const read = found !== null && 'text' in found ? readFacts(found.text, question, known.names) : null;
      if (read !== null && 'problem' in read)
        return { answer: 'refuse', reason: `${read.problem}; write it anew` };
      const facts: Facts = read?.facts ?? new Map();
      const { answers: gates, nowMs } = question;
      const verdict = judgeReadiness(checks, { facts, gates, nowMs }, Math.max(minScore, known.minScore));
      const absent = found !== null && 'missing' in found ? ` (${found.missing})` : '';
      const reason = verdict.answer === 'hold' ? `${verdict.reason}${absent}` : verdict.reason;
      const text = found !== null && 'text' in found ? found.text : null;
      return {
        answer: verdict.answer,
        reason,
        facts: factsOf(verdict),
        ...(verdict.answer === 'hold' && isUnanswered(checks, gates) ? { pendingForMs } : {}),
        reports: [reportOf(verdict, text, question)],
      };
    },
    async close() {},
  };
}

/** So long the gates beside it may take for their first answer. */
const pendingForMs = 60_000;

function isUnanswered(checks: readonly ReadinessCheck[], answers: readonly GateReport[]): boolean {
  return checks.some(({ of }) => 'gate' in of && !answers.some(({ gate }) => gate === of.gate));
}

const shown = 10;

/** Small enough for a history; all of it is in the report. */
function factsOf({ score, categories: parts, blockers, actions }: ReadinessVerdict): Record<string, unknown> {
  return {
    score: Number(score.toFixed(2)),
    categories: Object.fromEntries(parts.map((one) => [one.category, Number(one.score.toFixed(2))])),
    blockers: blockers.slice(0, shown),
    actions: actions.slice(0, shown),
  };
}

/** The production readiness report, with the document that it rests on, word by word. */
function reportOf(
  verdict: ReadinessVerdict,
  document: string | null,
  { service, environment, version, nowMs }: GateQuestion,
) {
  const content = { service, environment, version, at: new Date(nowMs).toISOString(), ...verdict, document };
  return { name: 'readiness.json', mediaType: 'application/json', content: JSON.stringify(content, null, 2) };
}
