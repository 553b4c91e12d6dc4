/** How much one principal may ask of one replica, by kind of request, how many starts all may, and why so much. */
import type { Budget } from './buckets.ts';
import type { StartBudget } from './start-bound.ts';

export type Kind = 'reads' | 'writes' | 'starts' | 'returns' | 'failures';
export type Budgets = Readonly<Record<Kind, Budget>>;

/** What the operator may set, in requests per second; the rest has its default. */
interface Rates {
  readonly reads?: number | undefined;
  readonly writes?: number | undefined;
  readonly starts?: number | undefined;
  /** Of all principals together. */
  readonly allStarts?: number | undefined;
}

/** So many seconds' worth may come at once. */
const burstSeconds = 10;
/** Of starts more: a release of some hundred services is told at once. */
const startBurstSeconds = 50;

/**
 * The ways back (rollback, stop, emergencies) are bounded only against a loop that has gone wild: five storms of 1,000
 * stops at once, and two hundred a second for ever. Nobody sets them lower.
 */
const returns: Budget = { perSecond: 200, burst: 5_000 };

/** Wrong tokens and logins of one address. A secret of 256 bits is not guessed; this keeps the noise down. */
const failures: Budget = { perSecond: 1, burst: 30 };

export function budgetsOf({ reads = 50, writes = 10, starts = 5 }: Rates = {}): Budgets {
  return {
    reads: { perSecond: reads, burst: reads * burstSeconds },
    writes: { perSecond: writes, burst: writes * burstSeconds },
    starts: { perSecond: starts, burst: starts * startBurstSeconds },
    returns,
    failures,
  };
}

/** Whether the operator has set anything of each principal. */
export function limitsEach(rates: Rates | null): boolean {
  if (rates === null) return false;
  const named = Object.keys(rates);
  return named.length === 0 || named.some((name) => name !== 'allStarts');
}

/** What all together may start at once waits no longer than this for its turn: less than clients wait for an answer. */
const allStartsBurstSeconds = 25;

/**
 * Starts of all principals together: about half of what a two-core machine with everything on it keeps up with, so that
 * commands have the other half; as many at once as one principal may start.
 */
export function startBudgetOf({ allStarts = 10 }: Rates = {}): StartBudget {
  const burst = Math.max(1, allStarts * allStartsBurstSeconds);
  return { perSecond: allStarts, burst, inFlight: Math.ceil(burst) };
}
