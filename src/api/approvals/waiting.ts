/** What waits for people now, over all rollouts. */
import { same } from '../../domain/gates/override.ts';
import type { Phase } from '../../domain/rollout/types.ts';
import type { RolloutView, Waiting, WaitingList, WaitingQuery } from '../contract.ts';
import type { RolloutService } from '../service.ts';
import { waitingIn } from './question.ts';

/** Phases in which something may wait for a yes; a stage that is held may wait for an override. */
const phases: readonly Phase[] = ['gating', 'approving', 'watching', 'holding'];
/** Of one phase; more at once nobody could answer. */
const mostRollouts = 200;
const atOnce = 10;

export async function waitingFor(
  rollouts: Pick<RolloutService, 'list' | 'get'>,
  { person, ...where }: WaitingQuery,
): Promise<WaitingList> {
  const pages = await Promise.all(
    phases.map((phase) => rollouts.list({ ...where, phase, running: 'true', limit: mostRollouts })),
  );
  const found = [...new Map(pages.flatMap((page) => page.rollouts).map((one) => [one.target, one])).values()];
  const views: (RolloutView | null)[] = [];
  for (let at = 0; at < found.length; at += atOnce) {
    const some = found.slice(at, at + atOnce);
    // One that ends meanwhile waits for nobody.
    views.push(...(await Promise.all(some.map((one) => rollouts.get(one).catch(() => null)))));
  }
  const approvals = views.flatMap((view) => (view?.status ? waitingIn(view.status) : []));
  return {
    approvals: approvals.filter((one) => person === undefined || mayAnswer(one, person)),
    unanswered: views.filter((view) => view?.status === null).length,
  };
}

function mayAnswer({ people, not, counted }: Waiting, person: string): boolean {
  const among = (names: readonly string[]) => names.some((one) => same(one, person));
  return (people === null || among(people)) && !among(not) && !among(counted);
}
