/** Phases of compliance, each with attestations that must be there, be fresh and say that it passed. Pure. */
import { z } from 'zod';
import { parsedJson } from '../parsed-json.ts';
import { staleWhy } from './report-time.ts';
import { answerOf, type Finding, listed, reaches, weightedMean } from './score.ts';
import type { GateAnswer } from './types.ts';

interface AttestationRule {
  readonly name: string;
  readonly maxAgeMs: number;
}

export interface PhaseRule {
  /** Such as `S4`. */
  readonly name: string;
  readonly title: string;
  readonly required: boolean;
  readonly weight: number;
  readonly attestations: readonly AttestationRule[];
  /** Control ids that it answers, by framework. */
  readonly controls: Readonly<Record<string, readonly string[]>>;
}

/** What lies where an attestation should be, in the order of the rule's attestations. */
export type Found = { readonly text: string } | { readonly missing: string };

interface Subject {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
}

interface PhaseVerdict {
  readonly name: string;
  readonly title: string;
  readonly required: boolean;
  readonly score: number;
  /** All of its attestations are there, fresh, and passed. */
  readonly complete: boolean;
  readonly attestations: readonly (Finding & { readonly by: string | null; readonly at: string | null })[];
}

export interface ComplianceVerdict {
  readonly answer: GateAnswer;
  readonly reason: string;
  readonly score: number;
  readonly phases: readonly PhaseVerdict[];
  /** By framework: which controls have all their phases complete, and which do not. */
  readonly controls: Readonly<
    Record<string, { readonly met: readonly string[]; readonly open: readonly string[] }>
  >;
}

export function judgeCompliance(
  rules: readonly PhaseRule[],
  found: readonly (readonly Found[])[],
  about: Subject & { readonly nowMs: number },
  minScore: number,
): ComplianceVerdict {
  const phases = rules.map((rule, at) => phaseOf(rule, found[at] ?? [], about));
  const score = weightedMean(phases.map((one, at) => ({ score: one.score, weight: rules[at]?.weight ?? 1 })));
  const findings = phases.flatMap(({ attestations }) => attestations);
  const { answer, because } = answerOf(findings, score, minScore);
  const required = phases.filter((one) => one.required);
  const whole = `${required.filter(({ complete }) => complete).length} of ${required.length} required phases`;
  const points = `score ${score.toFixed(1)}`;
  const short =
    answer !== 'open' && !reaches(score, minScore) ? ` (${points}, and ${minScore} is the least)` : '';
  const advice =
    answer === 'hold'
      ? 'let whoever answers for it leave a new attestation'
      : 'mend it, and leave a new attestation';
  return {
    answer,
    reason: answer === 'open' ? `${whole}, ${points}` : `${listed(because)}${short}; ${advice}`,
    score,
    phases,
    controls: controlsOf(rules, phases),
  };
}

function phaseOf(rule: PhaseRule, found: readonly Found[], about: Subject & { nowMs: number }): PhaseVerdict {
  const attestations = rule.attestations.map((one, at) => {
    const title = `${rule.name} ${one.name}`;
    return { title, must: rule.required, ...readAttestation(found[at], one, about) };
  });
  return {
    name: rule.name,
    title: rule.title,
    required: rule.required,
    score: weightedMean(attestations.map(({ score }) => ({ score, weight: 1 }))),
    complete: attestations.every(({ state }) => state === 'passed'),
    attestations,
  };
}

/** All of them go into one report, word by word. */
export const longestAttestation = 64 * 1024;

const attestation = z.looseObject({
  status: z.enum(['passed', 'failed']),
  at: z.iso.datetime({ offset: true }),
  by: z.string().min(1).max(200),
  score: z.number().min(0).max(100).optional(),
  reason: z.string().max(500).optional(),
  service: z.string().optional(),
  environment: z.string().optional(),
  version: z.string().optional(),
});

type Read = Pick<PhaseVerdict['attestations'][number], 'state' | 'score' | 'why' | 'by' | 'at'>;

function readAttestation(
  found: Found | undefined,
  { maxAgeMs }: AttestationRule,
  about: Subject & { readonly nowMs: number },
): Read {
  const bad = (state: 'failed' | 'waiting', why: string): Read => ({
    state,
    score: 0,
    why,
    by: null,
    at: null,
  });
  if (found === undefined || 'missing' in found)
    return bad('waiting', `is missing: ${found?.missing ?? 'not looked for'}`);
  if (found.text.length > longestAttestation)
    return bad('failed', `is longer than ${longestAttestation} characters`);
  const { data } = attestation.safeParse(parsedJson(found.text));
  if (data === undefined) return bad('failed', 'is no attestation: it needs status, at and by');
  const { status, at, by, score = 100, reason } = data;
  const other = otherThan(data, about);
  if (other !== null) return { ...bad('failed', `is of ${other}`), by, at };
  if (status === 'failed')
    return { ...bad('failed', `failed${reason === undefined ? '' : `: ${reason}`}`), by, at };
  const stale = staleWhy(Date.parse(at), maxAgeMs, about.nowMs);
  if (stale !== null) return { ...bad('waiting', stale), by, at };
  return { state: 'passed', score, why: score < 100 ? `has a score of ${score}` : '', by, at };
}

/** What it says it is about, if that is something else; an attestation that says nothing is about all. */
function otherThan(
  told: { readonly [key in keyof Subject]?: string | undefined },
  about: Subject,
): string | null {
  const keys = ['service', 'environment', 'version'] as const;
  const key = keys.find((one) => told[one] !== undefined && told[one] !== about[one]);
  return key === undefined ? null : `${key} ${told[key]}, not ${about[key]}`;
}

function controlsOf(
  rules: readonly PhaseRule[],
  phases: readonly PhaseVerdict[],
): ComplianceVerdict['controls'] {
  const frameworks = [...new Set(rules.flatMap(({ controls }) => Object.keys(controls)))].toSorted();
  return Object.fromEntries(
    frameworks.map((framework) => {
      const ids = [...new Set(rules.flatMap(({ controls }) => controls[framework] ?? []))].toSorted();
      const isOpen = (id: string) =>
        rules.some((rule, at) => rule.controls[framework]?.includes(id) && phases[at]?.complete !== true);
      return [framework, { met: ids.filter((id) => !isOpen(id)), open: ids.filter(isOpen) }];
    }),
  );
}
