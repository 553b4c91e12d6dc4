/** Looks at rollouts that may ask something: a few at a time for all viewers together, who share them. */
import { SluiceError } from '../../domain/errors.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { RolloutSummary, RolloutView } from '../contract.ts';
import { Queue } from '../express/queue.ts';
import type { RolloutService } from '../service.ts';
import { askedEvery } from '../temporal/recent-pages.ts';

/** Of one viewer, and of all. */
export const atOnce = 10;

/** As often as pages ask. */
const everyMs = 2_000;

export type Told = Pick<RolloutView, 'live'> & {
  readonly status: RolloutStatus;
  /** How old the heartbeat was, by the clocks of this machine and of the worker; 0: there is none. */
  readonly beatAgeMs: number;
};

/** `gone`: there is no such rollout any more. `unanswered`: no account could be had, for whatever reason. */
type Look = Told | 'gone' | 'unanswered';

export class Looks {
  private readonly rollouts: Pick<RolloutService, 'get'>;
  private readonly queue = new Queue(atOnce);
  /** By run. */
  private readonly recent = askedEvery<Look>(everyMs);

  constructor(rollouts: Pick<RolloutService, 'get'>) {
    this.rollouts = rollouts;
  }

  /**
   * Never rejects: what one rollout has must not hide the questions of others. `sinceMs`: a look from before then, as of
   * `performance.now()`, will not do.
   */
  at(rollout: RolloutSummary, sinceMs: number): Promise<Look> {
    const look = () => this.queue.pass(() => this.look(rollout));
    return this.recent.of(`${rollout.target} ${rollout.runId}`, look, sinceMs);
  }

  private async look({ environment, service, runId }: RolloutSummary): Promise<Look> {
    // Before it is asked: what is told is no older than that.
    const askedAtMs = Date.now();
    try {
      const { status, live } = await this.rollouts.get({ environment, service, runId });
      const beatAgeMs = live === null ? 0 : askedAtMs - live.atMs;
      return status === null ? 'unanswered' : { status, live, beatAgeMs };
    } catch (error) {
      // Whatever ended meanwhile, and is not kept, waits for nobody.
      const gone = error instanceof SluiceError && error.code === 'rollout-not-found';
      return gone ? 'gone' : 'unanswered';
    }
  }
}
