/** What findings with a score come to: an answer, and which of them it rests on. Pure. */
import type { GateAnswer } from './types.ts';

export interface Finding {
  /** What was looked at, for people. */
  readonly title: string;
  /** `waiting`: not there, too old or not known yet, so that waiting may help. */
  readonly state: 'passed' | 'failed' | 'waiting';
  /** 0 to 100; 0 unless it has passed. */
  readonly score: number;
  /** Nothing else makes up for it. */
  readonly must: boolean;
  /** Empty: nothing is wrong with it. */
  readonly why: string;
}

interface Answer {
  readonly answer: GateAnswer;
  /** Findings that it rests on; empty: it is the score alone, or nothing is wrong. */
  readonly because: readonly Finding[];
}

/** What must pass and failed refuses; what must pass and is not there holds; then the score counts. */
export function answerOf(findings: readonly Finding[], score: number, minScore: number): Answer {
  const inState = (state: Finding['state']) => findings.filter((one) => one.state === state);
  const [failed, waiting] = [inState('failed'), inState('waiting')];
  const must = ({ must: is }: Finding) => is;
  if (failed.some(must)) return { answer: 'refuse', because: failed.filter(must) };
  if (waiting.some(must)) return { answer: 'hold', because: waiting.filter(must) };
  if (reaches(score, minScore)) return { answer: 'open', because: [] };
  // What is still to come may lift the score; what is there stays as it is.
  return waiting.length > 0
    ? { answer: 'hold', because: waiting }
    : { answer: 'refuse', because: findings.filter((one) => one.score < 100) };
}

/** A mean of weights such as 0.1 falls short of what it should be by less than this. */
const tolerance = 1e-9;

export function reaches(score: number, minScore: number): boolean {
  return score >= minScore - tolerance;
}

/** 0 if nothing has a weight. */
export function weightedMean(parts: readonly { readonly score: number; readonly weight: number }[]): number {
  const weight = parts.reduce((sum, one) => sum + one.weight, 0);
  return weight === 0 ? 0 : parts.reduce((sum, one) => sum + one.score * one.weight, 0) / weight;
}

const shown = 3;

/** The first of them with what is wrong. */
export function listed(findings: readonly Finding[]): string {
  const named = findings.slice(0, shown).map(({ title, why }) => `${title} ${why}`.trim());
  return `${named.join('; ')}${findings.length > shown ? ` and ${findings.length - shown} more` : ''}`;
}
