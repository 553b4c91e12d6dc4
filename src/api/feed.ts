/** Follows one rollout for any number of viewers: polled once, told to all; stops when the last viewer leaves. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type RolloutView, type Trouble } from './contract.ts';
import { asSluiceError } from './problems.ts';
import type { BoundRef, RolloutService } from './service.ts';

export type FeedEvent =
  /** The id is made of the view alone, so that it is the same for the same state at every API and after a restart. */
  | { readonly kind: 'status'; readonly id: string; readonly view: RolloutView }
  /** Whoever comes back with its id has no state that they could take for the present one. */
  | { readonly kind: 'trouble'; readonly id: 'trouble'; readonly trouble: Trouble }
  | { readonly kind: 'end'; readonly id: 'end' };

type Listener = (event: FeedEvent) => void;

interface FeedOptions {
  /** A look that was just taken: it is the first one. Default: the first one is taken now. */
  readonly seen?: RolloutView | undefined;
  readonly pollMs: number;
  readonly onEmpty: () => void;
}

const maxIdleLooks = 3;
/** So often a worker is asked though an account is at hand: who watches wants to know of one that decides nothing any more. */
const anewEveryMs = 30_000;

/** Not to be used after `onEmpty` was called. */
export class RolloutFeed {
  private readonly listeners = new Set<Listener>();
  /** Those that have seen another state than the latest, maybe a newer one at another API: the next look decides. */
  private readonly returning = new Map<Listener, string>();
  private readonly stopping = new AbortController();
  private latest: FeedEvent | null = null;
  private troubledSinceMs: number | null = null;
  private lastText = '';
  private anewMs = performance.now();
  private readonly rollouts: RolloutService;
  private readonly options: FeedOptions;
  private ref: BoundRef;
  /** Settles with the first look; rejects when the rollout does not exist or cannot be seen at all. */
  readonly ready: Promise<void>;

  constructor(rollouts: RolloutService, ref: BoundRef, options: FeedOptions) {
    this.rollouts = rollouts;
    this.ref = ref;
    this.options = options;
    this.ready = this.look(true);
    this.ready.then(() => this.follow()).catch(() => this.close());
  }

  get closed(): boolean {
    return this.stopping.signal.aborted;
  }

  /**
   * Tells the present state at once and every change after it. Who has seen the state with the id `seen` is told what
   * is not that state, and nothing older; of trouble that goes on all are told. Returns how to leave.
   */
  join(listener: Listener, seen?: string): () => void {
    const troubled = this.latest?.kind === 'trouble';
    const knows = seen !== undefined && seen === this.latest?.id && !troubled;
    if (seen !== undefined && !knows && !troubled && !this.closed) this.returning.set(listener, seen);
    else if (this.latest && !knows) listener(this.latest);
    if (this.closed) listener({ kind: 'end', id: 'end' });
    else this.listeners.add(listener);
    return () => {
      this.returning.delete(listener);
      if (this.listeners.delete(listener) && this.listeners.size === 0) this.close();
    };
  }

  close(): void {
    if (this.closed) return;
    this.stopping.abort();
    this.emit({ kind: 'end', id: 'end' });
    this.listeners.clear();
    this.returning.clear();
    this.options.onEmpty();
  }

  private async follow(): Promise<void> {
    let idle = 0;
    while (!this.closed) {
      try {
        await sleep(this.options.pollMs, undefined, { signal: this.stopping.signal });
      } catch {
        return;
      }
      await this.look(false);
      // A viewer may go before it has joined; then nobody would ever leave.
      idle = this.listeners.size === 0 ? idle + 1 : 0;
      if (idle > maxIdleLooks) this.close();
    }
  }

  private async look(first: boolean): Promise<void> {
    // Who comes back while a look is under way waits for the next one: this one may have been before what they saw.
    const returning = [...this.returning.keys()];
    const seen = first ? this.options.seen : undefined;
    try {
      this.see(await (seen ?? this.rollouts.get(this.ref, this.isAnewDue())), returning);
    } catch (error) {
      if (first) throw error;
      this.tellTrouble(error);
      this.catchUp(returning);
    }
  }

  private isAnewDue(): boolean {
    const isDue = performance.now() - this.anewMs >= anewEveryMs;
    if (isDue) this.anewMs = performance.now();
    return isDue;
  }

  private see(view: RolloutView, returning: readonly Listener[]): void {
    if (this.closed) return;
    // The part in which a rollout goes on whose history had grown long.
    this.ref = { ...this.ref, runId: view.runId };
    this.troubledSinceMs = null;
    const text = JSON.stringify(view);
    if (text !== this.lastText) {
      this.lastText = text;
      this.emit({ kind: 'status', id: idOf(text), view });
    }
    this.catchUp(returning);
    if (hasEnded(view)) this.close();
  }

  private tellTrouble(error: unknown): void {
    const { code, message } = asSluiceError(error);
    const firstTime = this.troubledSinceMs === null;
    this.troubledSinceMs ??= Date.now();
    if (firstTime) {
      this.lastText = '';
      this.emit({
        kind: 'trouble',
        id: 'trouble',
        trouble: { code, message, sinceMs: this.troubledSinceMs },
      });
    }
  }

  /** After a look: whoever came back before it is told what is new to them. */
  private catchUp(returning: readonly Listener[]): void {
    for (const listener of returning) {
      const seen = this.returning.get(listener);
      if (seen !== undefined && this.latest && this.latest.id !== seen) listener(this.latest);
      this.returning.delete(listener);
    }
  }

  private emit(event: FeedEvent): void {
    if (event.kind !== 'end') this.latest = event;
    for (const listener of this.listeners) {
      if (event.kind === 'end' || !this.returning.has(listener)) listener(event);
    }
  }
}

/** The id of the event that tells this state. */
export function idOfView(view: RolloutView): string {
  return idOf(JSON.stringify(view));
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
