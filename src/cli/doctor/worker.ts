/**
 * Whether a worker does its work. That one has polled proves little: Temporal remembers the polls of one that hangs or
 * was killed. So rollouts are asked for their own account, which only a worker that works can give.
 */
import { hasEnded, type Readiness, type RolloutRow } from '../../api/contract.ts';
import type { ApiClient } from '../client.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';

/** Each may be with another worker. The newest are: those of an older version may have lost theirs. */
const mostAsked = 3;

/** `running`: null where they cannot be seen. */
export async function workerFinding(
  client: ApiClient,
  { seen, detail }: Readiness['worker'],
  running: readonly RolloutRow[] | null,
  withinMs: number,
): Promise<Finding> {
  if (!seen) {
    return wrong('worker', detail, 'Start a worker; until then rollouts wait, and leases run out.');
  }
  const newest = (running ?? []).toSorted((a, b) => b.startedAtMs - a.startedAtMs).slice(0, mostAsked);
  const asked = await Promise.all(
    newest.map(async (row) => ({ target: row.target, answered: await answers(client, row, withinMs) })),
  );
  const targets = (answered: boolean) =>
    asked.flatMap((one) => (one.answered === answered ? [one.target] : [])).join(', ');
  const [heard, unheard] = [targets(true), targets(false)];
  if (unheard === '') {
    if (heard !== '') return ok('worker', `${detail}, and answers for ${heard}`);
    const why = running?.length === 0 ? 'no rollout runs' : 'no running rollout can be seen';
    return ok('worker', `${detail}; ${why}, so it cannot be asked whether it still works`);
  }
  const advice = `It hangs, is gone, or has too much to do: look at the workers’ logs, and start it anew.`;
  if (heard === '') return wrong('worker', `${detail}, but none answers for ${unheard}`, advice);
  return warning('worker', `${detail}, and answers for ${heard}, but none does for ${unheard}`, advice);
}

/** Null: not known, as it has ended meanwhile, or the API could not tell. */
async function answers(
  client: ApiClient,
  { environment, service, runId }: RolloutRow,
  withinMs: number,
): Promise<boolean | null> {
  const run = { environment, service, run: runId };
  // Else the API may tell what a worker told that has stood still since.
  const options = { withinMs, headers: { 'cache-control': 'no-cache' } };
  const view = await client.ask('getRollout', run, options).catch(() => null);
  return view === null || hasEnded(view.value) ? null : view.value.workerAnswered;
}
