/**
 * The live list, kept once for all who watch it: what it asks of Temporal depends on what runs, never on how many look.
 */
import { randomBytes } from 'node:crypto';
import { hasEnded, type RolloutRow, type RolloutSummary, type Trouble } from '../contract.ts';
import { asSluiceError } from '../problems.ts';
import type { RolloutService } from '../service.ts';
import { type Glance, type RunningRollout, rowOf } from './row.ts';
import { RowStore } from './row-store.ts';
import { nextToLookAt } from './turns.ts';

export type BoardSource = Pick<RolloutService, 'running' | 'glance' | 'list'>;

export interface BoardOptions {
  /** Between two readings of the list. Default 1500, as often as there is a new one. */
  readonly listEveryMs?: number;
  /** Between two looks at single rollouts. Default 100. */
  readonly lookEveryMs?: number;
}

const mostLooksAtOnce = 4;
/** So long an ended rollout stays in the list, that people see how it ended. */
const keepEndedMs = 15 * 60_000;
const mostEnded = 200;
/** What ended lately is listed again, since what begins and ends between two readings is in no list of what runs. */
const lately = { everyMs: 5_000, most: 20 };
/** A page that is loaded anew finds the list as it was. */
const lingerMs = 30_000;

export class Board {
  readonly rows = new RowStore();
  /** Another start of the list counts from 0 again. */
  readonly origin = randomBytes(6).toString('base64url');
  asOfMs = 0;
  trouble: Trouble | null = null;
  private readonly source: BoardSource;
  private readonly listEveryMs: number;
  private readonly lookEveryMs: number;
  private readonly listeners = new Set<() => void>();
  private readonly glances = new Map<string, Glance>();
  private readonly lookedAtMs = new Map<string, number>();
  private readonly lookingAt = new Set<string>();
  /** What rows of the list were made of: most of a thousand are the same each time. */
  private readonly taken = new Map<
    string,
    { readonly listed: RunningRollout; readonly glance: Glance | null }
  >();
  private timers: NodeJS.Timeout[] = [];
  private begun: Promise<void> | null = null;
  private leftAtMs = 0;
  closed = false;

  constructor(source: BoardSource, { listEveryMs = 1_500, lookEveryMs = 100 }: BoardOptions = {}) {
    this.source = source;
    this.listEveryMs = listEveryMs;
    this.lookEveryMs = lookEveryMs;
  }

  /** Settles once there is a list to show. Throws `temporal-unavailable`. */
  async ready(): Promise<void> {
    this.begun ??= this.begin();
    try {
      await this.begun;
    } catch (error) {
      this.begun = null;
      throw error;
    }
  }

  /** Rings at every change. Returns how to leave. */
  join(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      if (this.listeners.delete(listener)) this.leftAtMs = Date.now();
    };
  }

  close(): void {
    this.closed = true;
    this.rest();
    this.ring();
  }

  private async begin(): Promise<void> {
    this.leftAtMs = Date.now();
    const [ended] = await Promise.all([this.endedLately(mostEnded), this.readList()]);
    for (const summary of ended) this.takeEnded(summary);
    this.again(() => this.followList(), this.listEveryMs);
    this.again(() => this.followRows(), this.lookEveryMs);
    this.again(() => this.followEnded(), lately.everyMs);
  }

  /** Goes on until the board rests: once it has begun again, this is done by what began then. */
  private again(work: () => Promise<void>, everyMs: number, begun = this.begun): void {
    const turn = () => {
      void work().finally(() => {
        if (!this.closed && begun !== null && this.begun === begun) this.again(work, everyMs, begun);
      });
    };
    this.timers = [...this.timers.slice(-8), setTimeout(turn, everyMs).unref()];
  }

  private async followList(): Promise<void> {
    if (this.listeners.size === 0 && Date.now() - this.leftAtMs > lingerMs) return this.rest();
    try {
      await this.readList();
      this.trouble = null;
    } catch (error) {
      const { code, message } = asSluiceError(error);
      this.trouble ??= { code, message, sinceMs: Date.now() };
    }
    this.ring();
  }

  private async readList(): Promise<void> {
    const { rollouts, askedAtMs } = await this.source.running();
    this.asOfMs = askedAtMs;
    for (const listed of rollouts) this.take(listed, askedAtMs);
    const runs = new Set(rollouts.map(({ summary }) => summary.runId));
    for (const row of this.rows.all()) {
      // How it ended only a look at it tells.
      if (!hasEnded(row) && !runs.has(row.runId)) this.lookedAtMs.delete(row.runId);
    }
    this.forgetOld();
  }

  /** A look that came after the list was asked for knows better. */
  private take(listed: RunningRollout, askedAtMs: number): void {
    const { runId } = listed.summary;
    const glance = this.glances.get(runId) ?? null;
    if (glance !== null && glance.atMs > askedAtMs) return;
    const { phase, stage } = listed.summary;
    if (glance?.summary.phase !== phase || glance.summary.stage !== stage) this.lookedAtMs.delete(runId);
    const known = this.taken.get(runId);
    if (known?.listed === listed && known.glance === glance) return;
    this.taken.set(runId, { listed, glance });
    this.rows.put(rowOf(listed, glance));
  }

  /** The list does not tell how it ended, only that it did: a look does, and one that came before the end does not. */
  private takeEnded(summary: RolloutSummary): void {
    const glance = this.glances.get(summary.runId) ?? null;
    if (glance !== null && hasEnded(glance.summary)) return;
    this.glances.delete(summary.runId);
    this.rows.put(rowOf({ summary, outline: glance?.outline ?? null }, null));
  }

  private async followEnded(): Promise<void> {
    if (this.trouble !== null || this.listeners.size === 0) return;
    const isUnknown = ({ runId }: RolloutSummary) => this.rows.get(runId) === null;
    try {
      const latest = await this.endedLately(lately.most);
      const isMore = latest.length === lately.most && latest.every(isUnknown);
      const ended = isMore ? await this.endedLately(mostEnded) : latest;
      // Of those in the list, a look tells more.
      for (const summary of ended.filter(isUnknown)) this.takeEnded(summary);
      this.ring();
    } catch {
      // Reading what runs says whether Temporal is away.
    }
  }

  private async endedLately(limit: number): Promise<RolloutSummary[]> {
    const { rollouts } = await this.source.list({ running: 'false', limit });
    return rollouts.filter(isRecent);
  }

  private async followRows(): Promise<void> {
    // What cannot be listed is not looked at either: rows that changed would seem to be all that is new.
    if (this.trouble !== null || this.listeners.size === 0) return;
    if (this.lookingAt.size >= mostLooksAtOnce) return;
    const wanted = this.rows
      .all()
      .filter((row) => !this.lookingAt.has(row.runId) && !(hasEnded(row) && this.glances.has(row.runId)));
    const row = nextToLookAt(wanted, (runId) => this.lookedAtMs.get(runId) ?? null, Date.now());
    if (row !== null) void this.look(row);
  }

  private async look({ runId, environment, service }: RolloutRow): Promise<void> {
    this.lookingAt.add(runId);
    this.lookedAtMs.set(runId, Date.now());
    try {
      const glance = await this.source.glance({ environment, service, runId });
      this.glances.set(runId, glance);
      if (glance.summary.temporalStatus === 'CONTINUED_AS_NEW') this.forget(runId);
      else this.rows.put(rowOf(glance, glance));
      this.ring();
    } catch (error) {
      // Else the list says whether Temporal is away, and its turn comes again.
      if (asSluiceError(error).code === 'rollout-not-found') {
        this.forget(runId);
        this.ring();
      }
    } finally {
      this.lookingAt.delete(runId);
    }
  }

  private forgetOld(): void {
    const ended = this.rows.all().filter(hasEnded);
    const newestFirst = ended.sort((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
    for (const [at, row] of newestFirst.entries()) {
      if (at >= mostEnded || !isRecent(row)) this.forget(row.runId);
    }
  }

  private forget(runId: string): void {
    this.rows.remove(runId);
    this.glances.delete(runId);
    this.lookedAtMs.delete(runId);
    this.taken.delete(runId);
  }

  private rest(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
    this.begun = null;
  }

  private ring(): void {
    for (const listener of this.listeners) listener();
  }
}

function isRecent({ endedAtMs }: RolloutSummary): boolean {
  return endedAtMs !== null && Date.now() - endedAtMs < keepEndedMs;
}
