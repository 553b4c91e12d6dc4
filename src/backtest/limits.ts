/** What a backtest may ask for and what it may take, so that it stays a guest of the metrics source. */

import type { Verdict } from '../domain/analysis/types.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Problem, SluiceError } from '../domain/errors.ts';
import type { BacktestRequest } from './types.ts';

/** Looks at all checks of a stage. */
const maxLooks = 5_000;
const maxRangeMs = 7 * 86_400_000;
/** A source that answers nothing for so many looks will not answer the others. */
const maxSilentLooks = 10;

/** Throws `request-invalid` with every field at fault. */
export function refuseUnbounded({ plan, fromMs, toMs, stage }: BacktestRequest): void {
  const problems: Problem[] = [];
  if (toMs <= fromMs) problems.push({ path: 'toMs', message: 'must be later than fromMs' });
  if (toMs - fromMs > maxRangeMs) {
    problems.push({ path: 'fromMs', message: `may be at most ${formatDuration(maxRangeMs)} before toMs` });
  }
  if (stage !== null && plan.stages[stage - 1] === undefined) {
    problems.push({ path: 'stage', message: `the plan has ${plan.stages.length} stages; the first is 1` });
  }
  if (problems.length === 0) return;
  throw new SluiceError('request-invalid', 'This cannot be backtested.', { problems });
}

/** Counts looks; says why no further one may follow. */
export class LookBudget {
  looks = 0;
  /** In words; null: go on. */
  over: string | null = null;
  private silent = 0;
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  spend(verdicts: readonly Verdict[]): void {
    this.looks += 1;
    this.silent = verdicts.every(({ kind }) => kind === 'error') ? this.silent + 1 : 0;
    if (this.signal.aborted) this.over = 'the time that a backtest may take was over';
    else if (this.silent >= maxSilentLooks) {
      this.over = `${maxSilentLooks} looks in a row were errors: ${verdicts[0]?.reason ?? 'no check'}`;
    } else if (this.looks >= maxLooks) this.over = `a backtest may take ${maxLooks} looks`;
  }
}
