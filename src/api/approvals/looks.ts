/** Looks at rollouts that may ask something: a few at a time for all viewers together, who share what is under way. */
import { SluiceError } from '../../domain/errors.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { RolloutSummary } from '../contract.ts';
import { Queue } from '../express/queue.ts';
import type { RolloutService } from '../service.ts';

/** Of one viewer, and of all. */
export const atOnce = 10;

/** `gone`: there is no such rollout any more. `unanswered`: no account could be had, for whatever reason. */
type Look = RolloutStatus | 'gone' | 'unanswered';

export class Looks {
  private readonly rollouts: Pick<RolloutService, 'get'>;
  private readonly queue = new Queue(atOnce);
  /** By run. */
  private readonly underWay = new Map<string, Promise<Look>>();

  constructor(rollouts: Pick<RolloutService, 'get'>) {
    this.rollouts = rollouts;
  }

  /** Never rejects: what one rollout has must not hide the questions of others. */
  at(rollout: RolloutSummary): Promise<Look> {
    const id = `${rollout.target} ${rollout.runId}`;
    const known = this.underWay.get(id);
    if (known !== undefined) return known;
    const look = this.queue
      .pass(() => this.look(rollout))
      .finally(() => {
        this.underWay.delete(id);
      });
    this.underWay.set(id, look);
    return look;
  }

  private async look({ environment, service, runId }: RolloutSummary): Promise<Look> {
    try {
      const { status } = await this.rollouts.get({ environment, service, runId });
      return status ?? 'unanswered';
    } catch (error) {
      // Whatever ended meanwhile, and is not kept, waits for nobody.
      const gone = error instanceof SluiceError && error.code === 'rollout-not-found';
      return gone ? 'gone' : 'unanswered';
    }
  }
}
