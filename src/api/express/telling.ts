/** Commands that follow the stops: a few go to Temporal at a time, first those whose canary is not safe yet. */
import type { Calm } from './calm.ts';
import { LateTelling } from './late-telling.ts';
import { Queue } from './queue.ts';

/** Each makes work for server and worker. */
const atOnce = 10;
/** However slow the data plane is, the workflow is told by then; by so much later for each other stop under way. */
const headStartMs = 100;
const perStopMs = 10;
/** How long a command whose own stop is not known to be written lets the stops of others go first. */
const courtesyMs = 3000;
/** As above, when its own is written. */
const courtesyOfSafeMs = 3000;
/** A command whose canary is stopped is told in haste after so long in the queue, or with so many to be told. */
const maxQueueMs = 500;
const maxUntold = 20;

interface Patience {
  readonly over: Promise<null>;
  end(): void;
  /**
   * For who is safe already: it is over as soon as so many are to be told that whoever is safe should not wait for it.
   */
  shorten(): void;
}

export class Telling {
  private readonly calm: Calm;
  private readonly queue = new Queue(atOnce);
  /** What could not be told when its turn had come. */
  readonly late = new LateTelling((work) => this.queue.pass(work));
  private underWay = 0;
  private readonly patient = new Set<() => void>();

  /** `calm`: of the stops under way. */
  constructor(calm: Calm) {
    this.calm = calm;
  }

  /** How many commands are still to be told. */
  get untold(): number {
    return this.underWay + this.late.count;
  }

  /** A wait of `mostMs` at most, for a command to be told. */
  patience(mostMs: number): Patience {
    let resolve = (_: null) => {};
    const over = new Promise<null>((end) => {
      resolve = end;
    });
    let ended = false;
    const end = () => {
      ended = true;
      clearTimeout(late);
      this.patient.delete(end);
      resolve(null);
    };
    const late = setTimeout(end, mostMs);
    const shorten = () => {
      if (this.crowded) end();
      else if (!ended) this.patient.add(end);
    };
    return { over, end, shorten };
  }

  private get crowded(): boolean {
    return this.underWay > maxUntold;
  }

  /**
   * Does `tell` when its turn has come. A stop takes some milliseconds. When many rollbacks come at once, the work that
   * each command makes for everybody would be in the way of the stops behind it; and whoever is safe already has time,
   * so what waits for its `target` since before goes ahead of it.
   */
  async after<T>(stopped: Promise<boolean>, tell: (inHaste: boolean) => Promise<T>, target = ''): Promise<T> {
    this.underWay += 1;
    if (this.crowded) for (const end of [...this.patient]) end();
    try {
      const safe = await this.isSafe(stopped);
      if (safe) {
        await this.calm.wait(courtesyOfSafeMs);
        await this.late.ahead(target);
      }
      const work = (waitedMs: number) => tell(safe && (waitedMs > maxQueueMs || this.crowded));
      return await this.queue.pass(work, { first: !safe });
    } finally {
      this.underWay -= 1;
    }
  }

  /** In a storm it is the others that a stop waits for, and commands between them would make it worse. */
  private async isSafe(stopped: Promise<boolean>): Promise<boolean> {
    const known = stopped.catch(() => false);
    for (const startedMs = performance.now(); ; ) {
      const patienceMs = Math.min(courtesyMs, headStartMs + perStopMs * (this.calm.underWay - 1));
      const leftMs = startedMs + patienceMs - performance.now();
      if (leftMs <= 0) return false;
      const first = await orLate(known, leftMs);
      if (first !== 'late') return first;
    }
  }
}

/** In a storm there are very many of these, so each is as cheap as can be. */
function orLate<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('late'), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
