/**
 * Every rollback that Temporal still knows of: its record comes from the rollout's result, or from a running one's
 * account.
 */

import { isKeyMissing } from '../../codec/readable.ts';
import { notClosed } from '../../domain/rollout/names.ts';
import type { RollbackRecord } from '../../domain/rollout/rollback-record.ts';
import { rollbackStatisticsOf } from '../../domain/rollout/rollback-statistics.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { Sees } from '../access/sight.ts';
import {
  hasEnded,
  linksOf,
  type RollbackEntry,
  type RollbackPage,
  type RollbackQuery,
  type RolloutSummary,
  sinceMsOf,
} from '../contract.ts';
import { Queue } from '../express/queue.ts';
import type { NewEnough } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { cutShort, endedSince } from './cut-short.ts';
import { cursorOf, type ListedPage, pageOf, placeIn } from './pages.ts';
import { askedEvery } from './recent-pages.ts';
import { statusOf } from './view.ts';
import { filterOf, type RecentRollouts, summaryOf, withinSight } from './visibility.ts';

/** Looked at for one answer, the latest. */
const maxRuns = 1_000;
/** Accounts are fetched so many at a time, so that statistics are no load for those who steer. */
const fetchAtOnce = 10;
const maxKept = 10_000;
/** However many look, what may have changed is asked for once in so long. */
const everyMs = 5_000;

export class RollbackHistory {
  private readonly deps: TemporalDeps;
  /** Records of ended rollouts by run, which never change. */
  private readonly kept = new Map<string, RollbackRecord>();
  private readonly fetching = new Queue(fetchAtOnce);
  private readonly lists = askedEvery<ListedPage<RolloutSummary>>(everyMs);
  private readonly accounts = askedEvery<RolloutStatus | null>(everyMs);

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /** Throws `temporal-unavailable`, and `request-invalid` for a cursor of another list. */
  async page(
    query: RollbackQuery,
    sees: Sees = null,
    { sinceMs: changedMs, listsSinceMs }: Partial<NewEnough> = {},
  ): Promise<RollbackPage> {
    const { limit, cursor, trigger, requestsPerUser = null } = query;
    const filter = JSON.stringify({ ...query, limit: 0, cursor: '', requestsPerUser: 0 });
    const after = cursor === undefined ? null : rankIn(placeIn(cursor, filter).token);
    const sinceMs = sinceMsOf(query, Date.now());
    const listsCutShort = after === null && trigger === undefined;
    const lists = this.lists.since(listsSinceMs);
    const [{ runs, complete }, ended] = await Promise.all([
      this.runs({ ...query, sinceMs }, sees, lists),
      listsCutShort ? cutShort(this.deps, { ...query, sinceMs }, sees, lists) : [],
    ]);
    const accounts = await Promise.all(
      runs.map((run) => this.fetching.pass(() => this.account(run, changedMs))),
    );
    const entries = accounts
      .flatMap((account) => (account === 'unanswered' ? [] : (account ?? [])))
      .filter(({ record }) => record.decidedAtMs >= sinceMs)
      .filter(({ record }) => trigger === undefined || record.trigger === trigger)
      .sort((a, b) => order(placeOf(a), placeOf(b)));
    const rest = after === null ? entries : entries.filter((entry) => order(after, placeOf(entry)) < 0);
    const rollbacks = rest.slice(0, limit);
    const last = rollbacks.at(-1);
    const records = entries.map(({ record }) => record);
    return {
      rollbacks,
      next: last && rest.length > limit ? cursorOf(tokenFrom(placeOf(last)), filter) : null,
      statistics: rollbackStatisticsOf(records, requestsPerUser),
      complete,
      unanswered: accounts.filter((account) => account === 'unanswered').length,
      cutShort: ended,
    };
  }

  /** Something was changed from here: whoever did that looks for it at once. */
  changed(): void {
    this.lists.changed();
    this.accounts.changed();
  }

  /** Rolled back, or on the way there. Visibility gives the running ones first, then those that ended last. */
  private async runs(
    { environment, service, sinceMs }: Pick<RollbackQuery, 'environment' | 'service'> & { sinceMs: number },
    sees: Sees,
    recent: RecentRollouts,
  ): Promise<{ runs: RolloutSummary[]; complete: boolean }> {
    const named = filterOf({
      ...(environment === undefined ? {} : { environment }),
      ...(service === undefined ? {} : { service }),
    });
    const back = `SluiceOutcome = "rolled-back"${endedSince(sinceMs)}`;
    const goingBack = `${notClosed} AND SluicePhase IN ("restoring", "cleaning")`;
    const filter = `${named} AND ((${back}) OR (${goingBack}))${withinSight(sees)}`;
    const page = { filter, limit: maxRuns, cursor: undefined, read: summaryOf, sees, recent };
    const { items, next } = await pageOf(this.deps, page);
    return { runs: items, complete: next === null };
  }

  /** Null: it does not go back after all. */
  private async account(
    run: RolloutSummary,
    changedMs?: number,
  ): Promise<RollbackEntry | null | 'unanswered'> {
    const known = this.kept.get(run.runId);
    if (known) return entryOf(run, known);
    const asked = () => statusOf(this.deps, run).catch(unreadable);
    const status = await (hasEnded(run) ? asked() : this.accounts.of(run.runId, asked, changedMs));
    if (status === null) return 'unanswered';
    if (status.rollback === null) return null;
    if (hasEnded(run)) this.keep(run.runId, status.rollback);
    return entryOf(run, status.rollback);
  }

  private keep(runId: string, record: RollbackRecord): void {
    const oldest = this.kept.keys().next();
    if (this.kept.size >= maxKept && !oldest.done) this.kept.delete(oldest.value);
    this.kept.set(runId, record);
  }
}

/** One that nobody can read for want of its key must not hide the others. */
function unreadable(error: unknown): null {
  if (isKeyMissing(error)) return null;
  throw error;
}

function entryOf(run: RolloutSummary, record: RollbackRecord): RollbackEntry {
  const { environment, service, runId } = run;
  return {
    environment,
    service,
    runId,
    ended: hasEnded(run),
    record,
    links: linksOf(environment, service, runId),
  };
}

/** Where an entry stands in the list; unlike a number, it stays when newer ones come. */
interface Place {
  readonly decidedAtMs: number;
  readonly runId: string;
}

function placeOf({ record, runId }: RollbackEntry): Place {
  return { decidedAtMs: record.decidedAtMs, runId };
}

function order(a: Place, b: Place): number {
  return b.decidedAtMs - a.decidedAtMs || a.runId.localeCompare(b.runId);
}

function tokenFrom({ decidedAtMs, runId }: Place): Uint8Array {
  return Buffer.from(`${decidedAtMs} ${runId}`);
}

function rankIn(token: Uint8Array): Place {
  const [decidedAtMs, runId = ''] = Buffer.from(token).toString().split(' ');
  return { decidedAtMs: Number(decidedAtMs), runId };
}
