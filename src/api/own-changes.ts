/**
 * When each principal changed something through this API last: what others are given of a moment ago may be from before
 * that, and nobody's own action is to look undone.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { NewEnough } from './service.ts';

/** Nothing that is shared is given for longer. */
const rememberedMs = 60_000;
/** So long after a change Temporal's lists may not show it yet. */
const laggingMs = 3_000;
const safe: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export class OwnChanges {
  /** By name; the one that changed something last is the last. */
  private readonly at = new Map<string, number>();

  /** Must be called before the routes are declared. */
  watch(app: FastifyInstance): void {
    // Before the answer is on its way, since whoever gets it may look at once.
    app.addHook('onSend', async ({ method, principal }) => {
      if (!safe.includes(method)) this.took(principal.name);
    });
  }

  /**
   * What is kept from before then, as of `performance.now()`, will not do for this request: since the last change, or at
   * all where it says so, as after a change by another replica.
   */
  of(request: FastifyRequest): number {
    if (wantsNow(request)) return performance.now();
    return this.at.get(request.principal.name) ?? Number.NEGATIVE_INFINITY;
  }

  /** As `of`, of what Temporal lists: what it listed while its lists lagged, for whomever, may not show the change. */
  ofLists(request: FastifyRequest): number {
    return Math.min(performance.now(), this.of(request) + laggingMs);
  }

  /** Both, for what is made of lists and of what rollouts say. */
  newEnough(request: FastifyRequest): NewEnough {
    return { sinceMs: this.of(request), listsSinceMs: this.ofLists(request) };
  }

  private took(name: string): void {
    const nowMs = performance.now();
    this.at.delete(name);
    this.at.set(name, nowMs);
    for (const [oldest, atMs] of this.at) {
      if (nowMs - atMs < rememberedMs) break;
      this.at.delete(oldest);
    }
  }
}

/** By the directives of HTTP for it; browsers send them when somebody loads a page anew. */
export function wantsNow({ headers }: FastifyRequest): boolean {
  return /\b(no-cache|max-age=0)\b/i.test(headers['cache-control'] ?? '');
}
