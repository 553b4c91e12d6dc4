/** One feed per rollout that anybody watches, shared by all its viewers. */
import { RolloutFeed } from './feed.ts';
import type { RolloutService, RunRef } from './service.ts';

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

  of(ref: RunRef): RolloutFeed {
    const key = `${ref.environment}/${ref.service}/${ref.runId ?? 'latest'}`;
    const known = this.open.get(key);
    if (known && !known.closed) return known;
    const feed: RolloutFeed = new RolloutFeed(this.rollouts, ref, {
      pollMs: this.pollMs,
      onEmpty: () => {
        if (this.open.get(key) === feed) this.open.delete(key);
      },
    });
    this.open.set(key, feed);
    return feed;
  }

  close(): void {
    for (const feed of this.open.values()) feed.close();
  }
}
