/**
 * Holds the starts of all principals together to what Temporal and the workers can follow. No other request waits for
 * it.
 */
import type { FastifyReply } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import type { Budget } from './buckets.ts';
import { Pace } from './pace.ts';
import { type Comer, type Refused, StartLine, type WhyRefused } from './start-line.ts';

export interface StartBudget extends Budget {
  /** Starts that were let in and are not answered yet. */
  readonly inFlight: number;
}

/** So many begin without a wait; of what comes at once beyond that, Temporal and the workers would have too much. */
const unpaced = 20;

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

  /**
   * Throws what `pass` would throw for whoever has a place already: a plan that may not begin now need not be read
   * again.
   */
  refuseEarly(name: string, reply: FastifyReply): void {
    this.refuse(this.line.known(name, this.free), reply);
  }

  /**
   * Waits for its turn among those that were let in. Throws `starts-busy`, and says in `Retry-After` when it is its
   * turn; by then it is known by its name. A place is for what could begin, so call it when plan and rights are known
   * to be good.
   */
  async pass<T>(comer: Comer, reply: FastifyReply, start: () => Promise<T>): Promise<T> {
    this.refuse(this.line.take(comer, this.free), reply);
    this.underWay += 1;
    try {
      await this.pace.turn();
      return await start();
    } finally {
      this.underWay -= 1;
    }
  }

  private get free(): number {
    return this.budget.inFlight - this.underWay;
  }

  private refuse(refused: Refused | null, reply: FastifyReply): void {
    if (refused === null) return;
    const { perSecond, inFlight } = this.budget;
    this.onRefused(refused.why);
    const retryAfterSeconds = Math.ceil(refused.waitMs / 1000);
    reply.header('retry-after', String(retryAfterSeconds));
    const message =
      refused.why === 'in-flight'
        ? `${inFlight} starts are under way and not answered yet, or others wait for what is free.`
        : `More rollouts are started than ${perSecond} a second, for too long.`;
    throw new SluiceError('starts-busy', message, { details: { retryAfterSeconds } });
  }
}
