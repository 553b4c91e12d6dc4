/** The canary's lease: renewed only while the rollout is known to live, and for a while after Temporal fell silent. */
import type { LeaseConfig } from '../../domain/plan/types.ts';
import type { Clock, Liveness } from '../deps.ts';
import type { TrafficSide } from '../targets.ts';

/** Renewed when less than this share of it is left. */
const renewBelow = 2 / 3;

export type Renewal = 'renewed' | 'not-due' | 'orphaned' | 'gone';

export class Lease {
  /** The end of the lease given last, epoch milliseconds; 0: none yet. */
  untilMs = 0;
  private lastAnswerMs: number;
  private readonly options: LeaseOptions;

  constructor(options: LeaseOptions) {
    this.options = options;
    this.lastAnswerMs = options.clock.now();
  }

  /** Renews when due. Errors: those of the traffic provider. */
  async renew(epoch: number, signal: AbortSignal): Promise<Renewal> {
    const { clock, config, side } = this.options;
    if (this.untilMs - clock.now() > config.ttlMs * renewBelow) return 'not-due';
    const alive = await this.rolloutLives();
    if (alive === 'gone' || alive === 'orphaned') return alive;
    const untilMs = clock.now() + config.ttlMs;
    await side.provider.renew(side.target, epoch, untilMs, signal);
    this.untilMs = untilMs;
    return 'renewed';
  }

  async rolloutLives(): Promise<'alive' | 'orphaned' | 'gone'> {
    const { clock, config, liveness, workflowId, runId } = this.options;
    try {
      const running = await liveness.isRunning(workflowId, runId);
      this.lastAnswerMs = clock.now();
      return running ? 'alive' : 'gone';
    } catch {
      return clock.now() - this.lastAnswerMs < config.orphanGraceMs ? 'alive' : 'orphaned';
    }
  }
}

export interface LeaseOptions {
  readonly config: LeaseConfig;
  readonly clock: Clock;
  readonly liveness: Liveness;
  readonly side: TrafficSide;
  readonly workflowId: string;
  readonly runId: string;
}
