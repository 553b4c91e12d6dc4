/**
 * Opens if every required phase of the operator's has its attestations, fresh and passed, and the score is high enough.
 */
import { z } from 'zod';
import {
  type ComplianceVerdict,
  type Found,
  judgeCompliance,
  longestAttestation,
  type PhaseRule,
} from '../../domain/gates/compliance.ts';
import { dayMs } from '../../domain/plan/document/duration-schema.ts';
import { readSettings } from '../settings.ts';
import { findReport, oneSource, reportPath, reportSettings } from './reports/source.ts';
import type { Gate, GateQuestion, GateType } from './types.ts';

const name = z.string().min(1).max(63);
const percent = z.number().min(0).max(100);

const options = z.strictObject({
  phases: z
    .array(name)
    .min(1)
    .max(50)
    .optional()
    .describe('Which of the phases that are not required. Default: all.'),
  minScore: percent.optional().describe("The least score, if more than the operator's."),
});

const attestation = z.strictObject({
  name: z.string().min(1).max(100),
  report: reportPath,
  maxAgeDays: z.number().positive().max(3650).default(90).describe('How old it may be, days.'),
});

const phase = z.strictObject({
  title: z.string().max(200).default(''),
  required: z.boolean().default(true).describe('Nothing else makes up for it.'),
  weight: z.number().positive().max(100).default(1).describe('In the score.'),
  attestations: z.array(attestation).min(1).max(20),
  controls: z
    .record(z.string().min(1).max(63), z.array(z.string().min(1).max(63)).max(100))
    .default({})
    .describe('Ids of controls that the phase answers, by framework.'),
});

const settings = z
  .strictObject({
    ...reportSettings,
    phases: z
      .record(name, phase)
      .refine((phases) => Object.keys(phases).length > 0, 'needs at least one phase')
      .describe('Phases by name, such as S0 to S6.'),
    minScore: percent.default(90).describe('The least score.'),
  })
  .refine(oneSource, 'needs a directory or a url');

export const complianceGate: GateType = {
  type: 'compliance',
  summary:
    'Phases of compliance: all attestations of the required ones, fresh and passed, and a least score.',
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createCompliance(readSettings('compliance', settings, given)),
};

type Settings = z.output<typeof settings>;

function createCompliance(known: Settings): Gate {
  return {
    async evaluate(question, signal) {
      const { phases: wanted = Object.keys(known.phases), minScore = 0 } = options.parse(question.options);
      const unknown = wanted.filter((one) => !Object.hasOwn(known.phases, one));
      if (unknown.length > 0) {
        const has = Object.keys(known.phases).join(', ');
        return { answer: 'refuse', reason: `there is no phase ${unknown.join(', ')}; this gate has ${has}` };
      }
      // What the operator requires, a plan cannot leave out.
      const chosen = Object.entries(known.phases).filter(
        ([each, { required }]) => required || wanted.includes(each),
      );
      const found = await Promise.all(
        chosen.map(([, { attestations }]) =>
          Promise.all(attestations.map(({ report }) => findReport(known, report, question, signal))),
        ),
      );
      const rules = chosen.map(([each, given]) => ruleOf(each, given));
      const verdict = judgeCompliance(rules, found, question, Math.max(minScore, known.minScore));
      const { answer, reason } = verdict;
      return { answer, reason, facts: factsOf(verdict), reports: [reportOf(verdict, found, question)] };
    },
    async close() {},
  };
}

function ruleOf(
  each: string,
  { title, required, weight, attestations, controls }: z.output<typeof phase>,
): PhaseRule {
  const rules = attestations.map((one) => ({ name: one.name, maxAgeMs: one.maxAgeDays * dayMs }));
  return { name: each, title, required, weight, attestations: rules, controls };
}

const shown = 20;

/** Small enough for a history; all of it is in the report. */
function factsOf({ score, phases, controls }: ComplianceVerdict): object & Record<string, unknown> {
  return {
    score: Number(score.toFixed(2)),
    complete: phases
      .filter(({ complete }) => complete)
      .map((one) => one.name)
      .slice(0, shown),
    incomplete: phases
      .filter(({ complete }) => !complete)
      .map((one) => one.name)
      .slice(0, shown),
    controls: controlFacts(controls),
  };
}

/** Characters for ids of controls, of the few thousand that all facts may have. */
const controlsRoom = 1_500;

/** Ids of open controls come first. `left`: so many more are only in the report. */
function controlFacts(controls: ComplianceVerdict['controls']): object {
  let room = controlsRoom;
  const fitting = (ids: readonly string[]) =>
    ids.filter(({ length }) => {
      room -= length + 3;
      return room >= 0;
    });
  const chosen = Object.entries(controls).slice(0, shown);
  const open = chosen.map(([, each]) => fitting(each.open));
  return Object.fromEntries(
    chosen.map(([framework, all], index) => {
      const named = { met: fitting(all.met), open: open[index] ?? [] };
      const left = all.met.length + all.open.length - named.met.length - named.open.length;
      return [framework, left === 0 ? named : { ...named, left }];
    }),
  );
}

/** The report, with every attestation word by word. */
function reportOf(
  verdict: ComplianceVerdict,
  found: readonly (readonly Found[])[],
  { service, environment, version, nowMs }: GateQuestion,
) {
  const phases = verdict.phases.map((one, at) => ({
    ...one,
    attestations: one.attestations.map((each, index) => ({ ...each, found: bounded(found[at]?.[index]) })),
  }));
  const content = { service, environment, version, at: new Date(nowMs).toISOString(), ...verdict, phases };
  return {
    name: 'compliance.json',
    mediaType: 'application/json',
    content: JSON.stringify(content, null, 2),
  };
}

function bounded(found: Found | undefined): Found | null {
  if (found === undefined || 'missing' in found) return found ?? null;
  return { text: found.text.slice(0, longestAttestation) };
}
