/**
 * Takes the parts of a bench along when it is stopped in the middle: a process that has died stops no others, and where
 * Temporal's SDK is at work, it has a first signal end nothing at all.
 */
import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import process from 'node:process';

interface Part {
  stop(): Promise<unknown>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Parts {
  private readonly host: EventEmitter & { exit(code: number): void };
  private readonly starting: Promise<Part>[] = [];
  private ending = false;

  constructor(host: Parts['host']) {
    this.host = host;
  }

  /** Stopped when the bench is, also if it is only just being started by then. */
  keep<T extends Part>(starting: Promise<T>): Promise<T> {
    if (this.starting.length === 0) {
      for (const signal of signals)
        this.host.on(signal, () => void this.end(128 + constants.signals[signal]));
    }
    this.starting.push(starting);
    return starting;
  }

  /** Once, however often it is told to. */
  private async end(code: number): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    // What the bench was about fails meanwhile, and would end the process before all is stopped.
    for (const fault of ['uncaughtException', 'unhandledRejection']) this.host.on(fault, () => {});
    // Those that came last need those that came first.
    for (const part of this.starting.toReversed()) {
      // The bench itself may have stopped it at the same time.
      await part.then((one) => one.stop()).catch(() => {});
    }
    this.host.exit(code);
  }
}

export const parts = new Parts(process);
