/** Follows one rollout for any number of viewers: polled once, told to all; stops when the last viewer leaves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type RolloutView, type Trouble } from './contract.ts';
import { asSluiceError } from './problems.ts';
import type { RolloutService, RunRef } from './service.ts';

export type FeedEvent =
  | { readonly kind: 'status'; readonly id: number; readonly view: RolloutView }
  | { readonly kind: 'trouble'; readonly id: number; readonly trouble: Trouble }
  | { readonly kind: 'end'; readonly id: number };

type Listener = (event: FeedEvent) => void;

export interface FeedOptions {
  readonly pollMs: number;
  readonly onEmpty: () => void;
}

const maxIdleLooks = 3;

/** Not to be used after `onEmpty` was called. */
export class RolloutFeed {
  private readonly listeners = new Set<Listener>();
  private readonly stopping = new AbortController();
  private latest: FeedEvent | null = null;
  private troubledSinceMs: number | null = null;
  private lastText = '';
  private lastId = 0;
  private readonly rollouts: RolloutService;
  private readonly options: FeedOptions;
  private ref: RunRef;
  /** Settles with the first look; rejects when the rollout does not exist or cannot be seen at all. */
  readonly ready: Promise<void>;

  constructor(rollouts: RolloutService, ref: RunRef, options: FeedOptions) {
    this.rollouts = rollouts;
    this.ref = ref;
    this.options = options;
    this.ready = this.look(true);
    this.ready.then(() => this.follow()).catch(() => this.close());
  }

  get closed(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Tells the present state at once and every change after it. Returns how to leave. */
  join(listener: Listener): () => void {
    if (this.latest) listener(this.latest);
    if (this.closed) listener({ kind: 'end', id: this.nextId() });
    else this.listeners.add(listener);
    return () => {
      if (this.listeners.delete(listener) && this.listeners.size === 0) this.close();
    };
  }

  close(): void {
    if (this.closed) return;
    this.stopping.abort();
    this.emit({ kind: 'end', id: this.nextId() });
    this.listeners.clear();
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
    try {
      await this.see(await this.rollouts.get(this.ref));
    } catch (error) {
      if (first) throw error;
      this.tellTrouble(error);
    }
  }

  private async see(view: RolloutView): Promise<void> {
    if (this.closed) return;
    // Pinned to its run, so that the next rollout of the target is not mistaken for this one.
    const { runId: _, ...target } = this.ref;
    const continued = view.temporalStatus === 'CONTINUED_AS_NEW';
    this.ref = continued ? target : { ...target, runId: view.runId };
    if (continued) return await this.see(await this.rollouts.get(this.ref));
    this.troubledSinceMs = null;
    const text = JSON.stringify(view);
    if (text !== this.lastText) {
      this.lastText = text;
      this.emit({ kind: 'status', id: this.nextId(), view });
    }
    if (hasEnded(view)) this.close();
  }

  private tellTrouble(error: unknown): void {
    const { code, message } = asSluiceError(error);
    const firstTime = this.troubledSinceMs === null;
    this.troubledSinceMs ??= Date.now();
    if (!firstTime) return;
    this.lastText = '';
    this.emit({
      kind: 'trouble',
      id: this.nextId(),
      trouble: { code, message, sinceMs: this.troubledSinceMs },
    });
  }

  private emit(event: FeedEvent): void {
    if (event.kind !== 'end') this.latest = event;
    for (const listener of this.listeners) listener(event);
  }

  /** Grows across restarts of the API too, so that a client may compare. */
  private nextId(): number {
    this.lastId = Math.max(this.lastId + 1, Date.now());
    return this.lastId;
  }
}
