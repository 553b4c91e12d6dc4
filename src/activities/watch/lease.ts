/** The canary's lease: renewed only while the rollout is known to live, and for a while after Temporal fell silent. */
import type { LeaseConfig } from '../../domain/plan/types.ts';
import { within } from '../../providers/limit.ts';
import { callSignal } from '../call-limit.ts';
import type { Clock, Liveness } from '../deps.ts';
import type { TrafficSide } from '../targets.ts';

/** Renewed when less than this share of it is left, and Temporal is asked as often. */
const renewBelow = 2 / 3;
/** Earlier by up to this share, by chance: the renewals of many watches that began together do not stay in step. */
const jitter = 1 / 10;
/** An answer may take this long before silence counts. */
const answerSlackMs = 2_000;
/** How long a watch that is over waits for an answer before it goes on watching for another pulse. */
const answerNowMs = 500;

/** `lapsed`: it had run out before it could be renewed. */
type Renewal = 'renewed' | 'not-due' | 'orphaned' | 'gone' | 'lapsed';

export class Lease {
  /** The end of the lease given last, epoch milliseconds; 0: none yet. */
  untilMs = 0;
  private dueBelow = dueBelow();
  private gone = false;
  private answers = 0;
  private asking: Promise<void> | null = null;
  /** That this activity was started is an answer too. */
  private lastAnswerMs: number;
  private readonly options: LeaseOptions;

  constructor(options: LeaseOptions) {
    this.options = options;
    this.lastAnswerMs = options.clock.now();
  }

  /**
   * Renews when due. Temporal is asked in the background: a server that hangs must not hold up a renewal that its
   * earlier answer still allows. Errors: those of the traffic provider.
   */
  async renew(epoch: number, due: 'when-due' | 'now' = 'when-due'): Promise<Renewal> {
    const { clock, config, side } = this.options;
    const nowMs = clock.now();
    if (this.gone) return 'gone';
    if (due === 'when-due' && this.untilMs - nowMs > config.ttlMs * this.dueBelow) return 'not-due';
    void this.ask();
    if (this.untilMs > 0 && this.untilMs <= nowMs) return 'lapsed';
    if (nowMs - this.lastAnswerMs > this.graceMs) return 'orphaned';
    const untilMs = Math.min(nowMs + config.ttlMs, this.options.notAfterMs ?? Number.POSITIVE_INFINITY);
    if (untilMs <= nowMs) return 'lapsed';
    await side.provider.renew(side.target, epoch, untilMs, callSignal());
    this.untilMs = untilMs;
    this.dueBelow = dueBelow();
    return 'renewed';
  }

  /** Whether Temporal answers at this moment that the rollout lives, be it to a question that was under way. */
  async isHeard(): Promise<boolean> {
    const before = this.answers;
    await within(answerNowMs, () => this.ask()).catch(() => {});
    return !this.gone && this.answers > before;
  }

  /** Asks now; for the moments in which an answer decides. False too when Temporal does not answer. */
  async isGone(): Promise<boolean> {
    const { liveness, workflowId, runId } = this.options;
    return await liveness.isRunning(workflowId, runId).then(
      (running) => !running,
      () => false,
    );
  }

  /** Between two questions nothing can be known, so no grace is shorter than that. */
  private get graceMs(): number {
    const { ttlMs, orphanGraceMs } = this.options.config;
    return Math.max(orphanGraceMs, ttlMs * (1 - renewBelow) + answerSlackMs);
  }

  /** One question at a time; resolves when it is answered or has failed. */
  private ask(): Promise<void> {
    const { clock, liveness, workflowId, runId } = this.options;
    // An answer proves life at the time of the question, however late it is read.
    const askedMs = clock.now();
    this.asking ??= liveness
      .isRunning(workflowId, runId)
      .then((running) => {
        this.answers += 1;
        this.lastAnswerMs = askedMs;
        this.gone = !running;
      })
      .catch(() => {})
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }
}

function dueBelow(): number {
  return renewBelow + Math.random() * jitter;
}

interface LeaseOptions {
  readonly config: LeaseConfig;
  readonly clock: Clock;
  readonly liveness: Liveness;
  readonly side: TrafficSide;
  readonly workflowId: string;
  readonly runId: string;
  /** No lease ends later than this, epoch milliseconds. Default: no such bound. */
  readonly notAfterMs?: number;
}
