/** What a rollout told of itself last, for as long as no worker answers. Pure. */
import type { RolloutView } from '../../../../api/contract.ts';

export interface Account extends Pick<RolloutView, 'runId' | 'status' | 'live'> {
  /** When it was told, by this browser's clock. */
  readonly atMs: number;
}

/** Null: none was told, or it was of another run. */
export function accountAfter(known: Account | null, view: RolloutView, atMs: number): Account | null {
  const { runId, status, live } = view;
  if (status !== null) return { runId, status, live, atMs };
  return known?.runId === runId ? known : null;
}

export interface Shown {
  readonly view: RolloutView;
  /** When its account was told, if that is not now. */
  readonly toldAtMs: number | null;
}

/** The newest heartbeat is Temporal's to tell, also without a worker. */
export function shownOf(view: RolloutView, account: Account | null): Shown {
  if (view.status !== null || account?.runId !== view.runId) return { view, toldAtMs: null };
  const { status, live, atMs } = account;
  return { view: { ...view, status, live: view.live ?? live }, toldAtMs: atMs };
}
