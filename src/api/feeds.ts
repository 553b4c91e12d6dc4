/** One feed per rollout that anybody watches, shared by all its viewers. */
import type { RolloutView } from './contract.ts';
import { RolloutFeed } from './feed.ts';
import type { BoundRef, RolloutService, RunRef } from './service.ts';

export class Feeds {
  private readonly open = new Map<string, RolloutFeed>();
  private readonly rollouts: RolloutService;
  private readonly pollMs: number;

  constructor(rollouts: RolloutService, pollMs: number) {
    this.rollouts = rollouts;
    this.pollMs = pollMs;
  }

  get size(): number {
    return this.open.size;
  }

  /** Who names no run means the latest now; those who follow the one before may not know yet that it has ended. */
  async follow(ref: RunRef): Promise<RolloutFeed> {
    const feed = await this.meant(ref);
    await feed.ready;
    return feed;
  }

  /** `seen`: what was found by a look a moment ago, which need not be repeated. Default: nothing. */
  of(ref: BoundRef, seen?: RolloutView): RolloutFeed {
    const key = `${ref.environment}/${ref.service}/${ref.runId}`;
    const known = this.open.get(key);
    if (known && !known.closed) return known;
    const feed: RolloutFeed = new RolloutFeed(this.rollouts, ref, {
      seen,
      pollMs: this.pollMs,
      onEmpty: () => {
        if (this.open.get(key) === feed) this.open.delete(key);
      },
    });
    this.open.set(key, feed);
    return feed;
  }

  private async meant({ runId, ...target }: RunRef): Promise<RolloutFeed> {
    if (runId !== undefined) return this.of({ ...target, runId });
    const latest = await this.rollouts.get(target);
    return this.of({ ...target, runId: latest.runId }, latest);
  }

  close(): void {
    for (const feed of this.open.values()) feed.close();
  }
}
