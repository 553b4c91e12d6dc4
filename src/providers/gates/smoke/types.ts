/** One smoke test of the operator's: what it comes to, and what is kept of it. */
import type { GateAnswer } from '../../../domain/gates/types.ts';
import type { GateQuestion, RawReport } from '../types.ts';

export interface TestResult {
  readonly answer: GateAnswer;
  /** What was found and, unless it passed, what to do; without the test's name. */
  readonly said: string;
  readonly report: RawReport | null;
  /** Only with `hold`: it has found nothing yet. */
  readonly runs?: true;
}

/** Ends by itself, within its own time; ends what it started when `signal` aborts. Never rejects otherwise. */
export type Test = (question: GateQuestion, signal: AbortSignal) => Promise<TestResult>;
