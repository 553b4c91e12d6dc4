/** What waits for people now, over all rollouts, by target, page after page. */
import { same } from '../../domain/gates/override.ts';
import type { Phase } from '../../domain/rollout/types.ts';
import type { Sees } from '../access/sight.ts';
import type { RolloutSummary, Waiting, WaitingList, WaitingQuery } from '../contract.ts';
import type { NewEnough, RolloutService } from '../service.ts';
import { cursorOf, placeIn } from '../temporal/pages.ts';
import { atOnce, type Looks } from './looks.ts';
import { waitingIn } from './question.ts';

/**
 * Phases in which something may wait for a yes; a stage that is held may wait for an override, a clean-up for its late
 * rollback.
 */
const phases: readonly Phase[] = ['gating', 'approving', 'watching', 'holding', 'cleaning'];
const pageSize = 200;
/** Of one phase; more at once nobody could answer. */
const mostPages = 5;
/** For one answer; then its cursor goes on, so that no look at a page is a load for workers. */
const mostLooks = 200;
/** Each of those costs its time, and where no worker is it is the same with the next. */
const mostUnanswered = 20;

interface Asked extends NewEnough {
  readonly rollouts: Pick<RolloutService, 'list'>;
  readonly looks: Looks;
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

/**
 * The questions of one rollout are on one page, so there may be a few more than the limit; there may be fewer, or none,
 * though more rollouts follow. Throws `temporal-unavailable`, and `request-invalid` for a cursor of another list.
 */
export async function waitingFor(asked: Asked, query: WaitingQuery, sees: Sees): Promise<WaitingList> {
  const { looks, sinceMs, gone } = asked;
  const { person, limit, cursor, ...where } = query;
  const filter = JSON.stringify({ person, ...where });
  const after = cursor === undefined ? '' : Buffer.from(placeIn(cursor, filter).token).toString();
  const lists = await Promise.all(phases.map((phase) => inPhase(asked, phase, where, sees)));
  const all = new Map(lists.flat().map((one) => [one.target, one]));
  const left = [...all.values()]
    .filter(({ target }) => target > after)
    .sort((a, b) => (a.target < b.target ? -1 : 1));
  const approvals: Waiting[] = [];
  let unanswered = 0;
  for (let at = 0; at < Math.min(left.length, mostLooks) && !gone.aborted; at += atOnce) {
    const some = left.slice(at, at + atOnce);
    const found = await Promise.all(some.map((one) => looks.at(one, sinceMs)));
    for (const [index, look] of found.entries()) {
      if (look === 'unanswered') unanswered += 1;
      const questions = typeof look === 'string' ? [] : waitingIn(look);
      approvals.push(...questions.filter((one) => person === undefined || mayAnswer(one, person)));
      const last = left[at + index];
      const looked = at + index + 1;
      const enough = approvals.length >= limit || unanswered >= mostUnanswered || looked >= mostLooks;
      if (!enough || last === undefined || looked === left.length) continue;
      return { approvals, unanswered, next: cursorOf(Buffer.from(last.target), filter) };
    }
  }
  return { approvals, unanswered, next: null };
}

async function inPhase(
  { rollouts, listsSinceMs }: Asked,
  phase: Phase,
  where: Pick<WaitingQuery, 'environment' | 'service'>,
  sees: Sees,
): Promise<RolloutSummary[]> {
  const found: RolloutSummary[] = [];
  let cursor: string | null = null;
  for (let turn = 0; turn < mostPages && (turn === 0 || cursor !== null); turn++) {
    const from = cursor === null ? {} : { cursor };
    const query = { ...where, ...from, phase, running: 'true', limit: pageSize } as const;
    const page = await rollouts.list(query, sees, listsSinceMs);
    found.push(...page.rollouts);
    cursor = page.next;
  }
  return found;
}

function mayAnswer({ people, not, counted }: Waiting, person: string): boolean {
  const among = (names: readonly string[]) => names.some((one) => same(one, person));
  return (people === null || among(people)) && !among(not) && !among(counted);
}
