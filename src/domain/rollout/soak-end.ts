/** Whether watched time ends a soak or a hold for want of evidence, and what the evidence says then. */
import { conclude, settled } from '../analysis/record.ts';
import type { CheckRecord } from '../analysis/types.ts';
import type { Stage } from '../plan/types.ts';
import { plannedMs } from './pace.ts';
import type { WatchEnding } from './types.ts';

interface Soaked {
  readonly stage: Stage;
  /** Since the shift, warm-up included. */
  readonly watchedMs: number;
  readonly extended: boolean;
  readonly records: readonly CheckRecord[];
}

/** `extend`: time is up without an answer for the first time, so it soaks as long again. Null: it goes on. */
export function soakEnd(
  mode: 'soak' | 'hold',
  { stage, watchedMs, extended, records }: Soaked,
): WatchEnding | 'extend' | null {
  if (mode === 'soak' && watchedMs < plannedMs(stage, extended)) {
    return knowsEnough(stage, watchedMs, records) ? { kind: 'soaked' } : null;
  }
  const conclusion = conclude(records, stage.checks);
  if (conclusion.kind === 'passed') {
    return mode === 'hold'
      ? { kind: 'conclusive', reason: 'every check has passed now' }
      : { kind: 'soaked' };
  }
  if (conclusion.kind === 'failed') return conclusion;
  if (mode === 'hold') return null;
  return extended ? { kind: 'inconclusive', reason: conclusion.reason } : 'extend';
}

/** Where the plan lets a soak end early, proof that the canary is no worse does. */
function knowsEnough(stage: Stage, watchedMs: number, records: readonly CheckRecord[]): boolean {
  const { minSoakMs, warmUpMs, checks } = stage;
  return minSoakMs !== undefined && watchedMs >= warmUpMs + minSoakMs && settled(records, checks);
}
