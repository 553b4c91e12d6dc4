/** Readiness for production: checks by category, their blockers, a score, and what to do next. Pure. */
import { z } from 'zod';
import { parsedJson } from '../parsed-json.ts';
import { staleWhy } from './report-time.ts';
import { answerOf, type Finding, listed, reaches, weightedMean } from './score.ts';
import type { GateAnswer, GateReport } from './types.ts';

export const categories = ['security', 'performance', 'reliability', 'compliance'] as const;
type Category = (typeof categories)[number];

export interface ReadinessCheck {
  readonly name: string;
  readonly category: Category;
  /** Nothing else makes up for it. */
  readonly blocker: boolean;
  readonly weight: number;
  /** What to do when it has not passed. */
  readonly action: string | null;
  /**
   * A fact of the readiness document, or a gate of the same place: the operator's instance, since a plan chooses names.
   */
  readonly of: FactRule | { readonly gate: string };
}

interface FactRule {
  readonly fact: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly maxAgeMs: number;
}

interface Fact {
  readonly value: boolean | number;
  readonly atMs: number | null;
  readonly detail: string | null;
}

export type Facts = ReadonlyMap<string, Fact>;

interface CategoryVerdict {
  readonly category: Category;
  readonly score: number;
  readonly checks: readonly (Finding & { readonly weight: number; readonly action: string | null })[];
}

export interface ReadinessVerdict {
  readonly answer: GateAnswer;
  readonly reason: string;
  readonly score: number;
  readonly categories: readonly CategoryVerdict[];
  /** Titles of blockers that have not passed. */
  readonly blockers: readonly string[];
  readonly actions: readonly string[];
}

export function judgeReadiness(
  checks: readonly ReadinessCheck[],
  known: { readonly facts: Facts; readonly gates: readonly GateReport[]; readonly nowMs: number },
  minScore: number,
): ReadinessVerdict {
  const found = checks.map((check) => ({ check, finding: findingOf(check, known) }));
  const parts = categories.flatMap((category): CategoryVerdict[] => {
    const own = found.filter(({ check }) => check.category === category);
    if (own.length === 0) return [];
    const rows = own.map(({ check, finding }) => ({
      ...finding,
      weight: check.weight,
      action: check.action,
    }));
    return [{ category, score: weightedMean(rows), checks: rows }];
  });
  const score = weightedMean(parts.map((one) => ({ score: one.score, weight: 1 })));
  const { answer, because } = answerOf(
    found.map(({ finding }) => finding),
    score,
    minScore,
  );
  const bad = found.filter(({ finding }) => finding.state !== 'passed');
  const actions = [...new Set(bad.flatMap(({ check }) => check.action ?? []))];
  const points = `score ${score.toFixed(1)} in ${parts.length} categories`;
  const low =
    answer !== 'open' && !reaches(score, minScore)
      ? ` (score ${score.toFixed(1)}, and ${minScore} is the least)`
      : '';
  const first = because.flatMap((one) => bad.find(({ finding }) => finding === one)?.check.action ?? []);
  const advice =
    first[0] ?? (answer === 'hold' ? 'wait for it, or let somebody tell it' : 'mend it, and start again');
  return {
    answer,
    reason: answer === 'open' ? `ready: ${points}` : `${listed(because)}${low}; ${advice}`,
    score,
    categories: parts,
    blockers: bad.filter(({ check }) => check.blocker).map(({ finding }) => finding.title),
    actions,
  };
}

function findingOf(
  { name, category, blocker, of }: ReadinessCheck,
  { facts, gates, nowMs }: Parameters<typeof judgeReadiness>[1],
): Finding {
  const title = `${category}: ${name}`;
  const seen = 'gate' in of ? ofGate(of.gate, gates) : ofFact(of, facts, nowMs);
  return { title, must: blocker, score: seen.state === 'passed' ? 100 : 0, ...seen };
}

type Seen = Pick<Finding, 'state' | 'why'>;

function ofGate(gate: string, gates: readonly GateReport[]): Seen {
  const own = gates.filter((one) => one.gate === gate);
  if (own.length === 0)
    return { state: 'waiting', why: `is not known: the gate ${gate} has not answered here` };
  const closed = own.find(({ answer }) => answer === 'refuse') ?? own.find(({ answer }) => answer !== 'open');
  if (closed === undefined) return { state: 'passed', why: '' };
  return {
    state: closed.answer === 'refuse' ? 'failed' : 'waiting',
    why: `is not given: ${closed.name} says that ${closed.reason}`,
  };
}

function ofFact({ fact, min, max, maxAgeMs }: FactRule, facts: Facts, nowMs: number): Seen {
  const found = facts.get(fact);
  if (found === undefined) return { state: 'waiting', why: `is not known: nobody has told ${fact}` };
  const { value, atMs, detail } = found;
  if (atMs === null) return { state: 'failed', why: `says nothing of its time, and may be old: ${fact}` };
  const stale = staleWhy(atMs, maxAgeMs, nowMs);
  if (stale !== null) return { state: 'waiting', why: stale };
  const told = detail === null ? '' : `: ${detail}`;
  const isBounded = min !== null || max !== null;
  if (typeof value === 'number') {
    if (!isBounded) return { state: 'failed', why: `is ${value}, a number that has no bound` };
    if (min !== null && value < min)
      return { state: 'failed', why: `is ${value}, and ${min} is the least${told}` };
    if (max !== null && value > max)
      return { state: 'failed', why: `is ${value}, and ${max} is the most${told}` };
    return { state: 'passed', why: '' };
  }
  if (isBounded) return { state: 'failed', why: 'is yes or no, and must be a number' };
  return value ? { state: 'passed', why: '' } : { state: 'failed', why: `is not given${told}` };
}

/** What a document may say that it is about. */
export const documentNames = ['service', 'environment', 'version'] as const;
export type DocumentName = (typeof documentNames)[number];

const document = z.object({
  service: z.string().optional(),
  environment: z.string().optional(),
  version: z.string().optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  facts: z.record(
    z.string().min(1),
    z.union([
      z.boolean(),
      z.number(),
      z.object({
        value: z.union([z.boolean(), z.number()]),
        at: z.iso.datetime({ offset: true }).optional(),
        detail: z.string().max(300).optional(),
      }),
    ]),
  ),
});

/** The readiness document: facts by name, each a value, or a value with its time and a detail. */
export function readFacts(
  text: string,
  about: Readonly<Record<DocumentName, string>>,
  required: readonly DocumentName[] = [],
): { readonly facts: Facts } | { readonly problem: string } {
  const { data } = document.safeParse(parsedJson(text));
  if (data === undefined) return { problem: 'the readiness document must be JSON with facts by name' };
  for (const key of documentNames) {
    if (data[key] === undefined && required.includes(key))
      return { problem: `the readiness document does not say of which ${key} it is` };
    if (data[key] !== undefined && data[key] !== about[key])
      return { problem: `the readiness document is of ${key} ${data[key]}, not ${about[key]}` };
  }
  const whole = data.at;
  return {
    facts: new Map(
      Object.entries(data.facts).map(([name, given]): [string, Fact] => {
        const fact = typeof given === 'object' ? given : { value: given };
        const at = ('at' in fact ? fact.at : undefined) ?? whole;
        const detail = 'detail' in fact ? (fact.detail ?? null) : null;
        return [name, { value: fact.value, atMs: at === undefined ? null : Date.parse(at), detail }];
      }),
    ),
  };
}
