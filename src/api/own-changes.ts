/**
 * When each principal changed something through this API last: what others are given of a moment ago may be from before
 * that, and nobody's own action is to look undone.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Nothing that is shared is given for longer. */
const rememberedMs = 60_000;
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

  /** As of `performance.now()`. */
  of({ principal }: FastifyRequest): number {
    return this.at.get(principal.name) ?? Number.NEGATIVE_INFINITY;
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
