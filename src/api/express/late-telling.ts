/**
 * Commands that Temporal could not be told of, tried again beside an answer that has been given. Of each target in the
 * order in which they were given, since the first that a rollout hears of explains its stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.ts';
import { Queue } from './queue.ts';

/** Pauses between two tries, the first and the longest, and for how long it is tried. */
const firstPauseMs = 250;
const maxPauseMs = 2000;
const laterForMs = 600_000;
const maxWaiting = 100;
/** While Temporal hangs each try takes seconds, and those that are not safe yet need room beside them. */
const atOnce = 2;

export interface Late {
  readonly target: string;
  /** When it was given, as of `performance.now()`. */
  readonly askedMs: number;
  /** False: there is nobody to be told any more. */
  tell(): Promise<boolean>;
  /** Whether it is worth another try after this. */
  isPassing(error: unknown): boolean;
  /** Called once if it is given up. */
  lost(why: string): void;
}

interface Line {
  readonly waiting: Late[];
  trying: Promise<void> | null;
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export class LateTelling {
  /** How many wait. */
  count = 0;
  private readonly lines = new Map<string, Line>();
  private closed = false;
  private readonly inTurn: InTurn;
  private readonly few = new Queue(atOnce);

  /** `inTurn`: the turns of all commands. */
  constructor(inTurn: InTurn) {
    this.inTurn = inTurn;
  }

  /** Comes when it is told, or given up. Never throws. */
  async add(late: Late): Promise<void> {
    if (this.closed) return late.lost('the API was stopped');
    if (this.count >= maxWaiting) return late.lost(`${maxWaiting} such commands waited already`);
    this.count += 1;
    const known = this.lines.get(late.target);
    const line: Line = known ?? { waiting: [], trying: null };
    line.waiting.push(late);
    line.waiting.sort((a, b) => a.askedMs - b.askedMs);
    if (known === undefined) await this.tryOn(late.target, line);
  }

  /** Tries at once what waits for the target; for whoever comes after it. */
  async ahead(target: string): Promise<void> {
    const line = this.lines.get(target);
    if (line !== undefined) await this.tryNow(line);
  }

  /** Gives up all that wait. Resolves when no try is under way; whoever is told of needs its connection until then. */
  async close(): Promise<void> {
    this.closed = true;
    const lines = [...this.lines.values()];
    await Promise.all(lines.map(({ trying }) => trying));
    for (const { waiting } of lines) {
      for (const { lost } of waiting.splice(0)) {
        this.count -= 1;
        lost('the API was stopped');
      }
    }
  }

  private async tryOn(target: string, line: Line): Promise<void> {
    this.lines.set(target, line);
    for (let pauseMs = firstPauseMs; line.waiting.length > 0; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
      // What began to wait together is not to come back together.
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { ref: false });
      await this.tryNow(line);
    }
    this.lines.delete(target);
  }

  private async tryNow(line: Line): Promise<void> {
    if (this.closed) return;
    line.trying ??= this.tryEach(line.waiting).finally(() => {
      line.trying = null;
    });
    await line.trying;
  }

  private async tryEach(waiting: Late[]): Promise<void> {
    for (let next = waiting[0]; next !== undefined && !this.closed; next = waiting[0]) {
      if (!(await this.isOver(next))) return;
      waiting.splice(waiting.indexOf(next), 1);
      this.count -= 1;
    }
  }

  private async isOver({ askedMs, tell, isPassing, lost }: Late): Promise<boolean> {
    try {
      const told = await this.few.pass(() => this.inTurn(tell));
      if (!told) lost('its rollout had ended before');
      return true;
    } catch (error) {
      const isLate = performance.now() - askedMs > laterForMs;
      if (isPassing(error) && !isLate) return false;
      lost(messageOf(error));
      return true;
    }
  }
}
