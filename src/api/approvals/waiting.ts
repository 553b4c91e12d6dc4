/** What waits for people now, over all rollouts, by target, page after page. */
import { same } from '../../domain/gates/override.ts';
import type { Phase } from '../../domain/rollout/types.ts';
import type { Sees } from '../access/sight.ts';
import type { RolloutSummary, Waiting, WaitingList, WaitingQuery } from '../contract.ts';
import type { RolloutService } from '../service.ts';
import { cursorOf, placeIn } from '../temporal/pages.ts';
import { waitingIn } from './question.ts';

/** Phases in which something may wait for a yes; a stage that is held may wait for an override. */
const phases: readonly Phase[] = ['gating', 'approving', 'watching', 'holding'];
const pageSize = 200;
/** Of one phase; more at once nobody could answer. */
const mostPages = 5;
const atOnce = 10;

type Asked = Pick<RolloutService, 'list' | 'get'>;

/** The questions of one rollout are on one page, so there may be a few more than the limit. */
export async function waitingFor(rollouts: Asked, query: WaitingQuery, sees: Sees): Promise<WaitingList> {
  const { person, limit, cursor, ...where } = query;
  const filter = JSON.stringify({ person, ...where });
  const after = cursor === undefined ? '' : Buffer.from(placeIn(cursor, filter).token).toString();
  const lists = await Promise.all(phases.map((phase) => inPhase(rollouts, phase, where, sees)));
  const all = new Map(lists.flat().map((one) => [one.target, one]));
  const left = [...all.values()]
    .filter(({ target }) => target > after)
    .sort((a, b) => (a.target < b.target ? -1 : 1));
  const approvals: Waiting[] = [];
  let unanswered = 0;
  for (let at = 0; at < left.length; at += atOnce) {
    const some = left.slice(at, at + atOnce);
    // One that ends meanwhile waits for nobody.
    const views = await Promise.all(some.map((one) => rollouts.get(one).catch(() => null)));
    for (const [index, view] of views.entries()) {
      if (view?.status === null) unanswered += 1;
      const asked = view?.status ? waitingIn(view.status) : [];
      approvals.push(...asked.filter((one) => person === undefined || mayAnswer(one, person)));
      const last = left[at + index];
      if (approvals.length < limit || last === undefined || at + index + 1 === left.length) continue;
      return { approvals, unanswered, next: cursorOf(Buffer.from(last.target), filter) };
    }
  }
  return { approvals, unanswered, next: null };
}

async function inPhase(
  rollouts: Asked,
  phase: Phase,
  where: Pick<WaitingQuery, 'environment' | 'service'>,
  sees: Sees,
): Promise<RolloutSummary[]> {
  const found: RolloutSummary[] = [];
  let cursor: string | null = null;
  for (let turn = 0; turn < mostPages && (turn === 0 || cursor !== null); turn++) {
    const from = cursor === null ? {} : { cursor };
    const page = await rollouts.list({ ...where, ...from, phase, running: 'true', limit: pageSize }, sees);
    found.push(...page.rollouts);
    cursor = page.next;
  }
  return found;
}

function mayAnswer({ people, not, counted }: Waiting, person: string): boolean {
  const among = (names: readonly string[]) => names.some((one) => same(one, person));
  return (people === null || among(people)) && !among(not) && !among(counted);
}
