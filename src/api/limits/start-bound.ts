/** Holds the starts of all principals together to what Temporal and the workers can follow. No other request waits for it. */
import type { FastifyReply } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import type { Budget } from './buckets.ts';
import { Pace } from './pace.ts';
import { StartLine } from './start-line.ts';

export interface StartBudget extends Budget {
  /** Starts that were let in and are not answered yet. */
  readonly inFlight: number;
}

/** So many begin without a wait; of what comes at once beyond that, Temporal and the workers would have too much. */
const unpaced = 20;

/** `rate`: more came than may begin. `in-flight`: too many of those that were let in are not answered yet. */
export type WhyRefused = 'rate' | 'in-flight';

export class StartBound {
  private readonly budget: StartBudget;
  private readonly onRefused: (why: WhyRefused) => void;
  private readonly line: StartLine;
  private readonly pace: Pace;
  private underWay = 0;

  constructor(budget: StartBudget, onRefused: (why: WhyRefused) => void = () => {}) {
    this.budget = budget;
    this.onRefused = onRefused;
    this.line = new StartLine(budget);
    this.pace = new Pace({ perSecond: budget.perSecond, atOnce: unpaced });
  }

  get inFlight(): number {
    return this.underWay;
  }

  /** Throws what `pass` would throw, if it is clear already: a plan that may not begin now need not be read. */
  refuseEarly(name: string, reply: FastifyReply): void {
    if (this.underWay >= this.budget.inFlight || this.line.isFullFor(name)) this.admit(name, reply);
  }

  /** Waits for its turn among those that were let in. Throws `starts-busy`, and says in `Retry-After` when it is its turn; `name` is what it is known by then. */
  async pass<T>(name: string, reply: FastifyReply, start: () => Promise<T>): Promise<T> {
    this.admit(name, reply);
    this.underWay += 1;
    try {
      await this.pace.turn();
      return await start();
    } finally {
      this.underWay -= 1;
    }
  }

  private admit(name: string, reply: FastifyReply): void {
    const { perSecond, inFlight } = this.budget;
    const full = this.underWay >= inFlight;
    const waitMs = full ? this.line.later(name) : this.line.take(name);
    if (waitMs === 0) return;
    this.onRefused(full ? 'in-flight' : 'rate');
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    reply.header('retry-after', String(retryAfterSeconds));
    const message = full
      ? `${inFlight} starts are under way and not answered yet.`
      : `More rollouts are started than ${perSecond} a second, for too long.`;
    throw new SluiceError('starts-busy', message, { details: { retryAfterSeconds } });
  }
}
