/**
 * Writes stops: those asked for at the same time go to HAProxy together, over one connection that overtakes all others.
 */
import { SluiceError } from '../../../domain/errors.ts';
import type { Run, RuntimeClient } from './client.ts';
import { type MapCommands, tookEffect } from './maps.ts';

interface Asked {
  readonly key: string;
  readonly signal: AbortSignal | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

/** So that one write that hangs holds up no other. */
const maxWrites = 2;
/** Lines of one round; HAProxy takes them one by one, and an answer should not be long in coming. */
const maxTogether = 300;
/**
 * In a rush a connection that was just opened serves for so long: after a reload it leads to HAProxy's former process.
 */
const sameConnectionMs = 50;

export class Stopping {
  private readonly client: RuntimeClient;
  private readonly commands: MapCommands;
  private waiting: Asked[] = [];
  private writes = 0;

  constructor(client: RuntimeClient, commands: MapCommands) {
    this.client = client;
    this.commands = commands;
  }

  /** Ends when HAProxy has said that the stop is there. Errors: `traffic-unavailable`, `traffic-unready`. */
  put(key: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, signal, resolve, reject });
      // Those of the same turn of the event loop go along.
      if (this.waiting.length === 1) setImmediate(() => void this.writeOn());
    });
  }

  private async writeOn(): Promise<void> {
    if (this.writes >= maxWrites) return;
    this.writes += 1;
    while (this.waiting.length > 0) await this.writeSome();
    this.writes -= 1;
  }

  private async writeSome(): Promise<void> {
    let asked: readonly Asked[] = [];
    const write = async (run: Run) => {
      const untilMs = performance.now() + sameConnectionMs;
      do {
        asked = this.next();
        await this.putAll(run, [...new Set(asked.map(({ key }) => key))]);
        for (const one of asked) one.resolve();
        asked = [];
      } while (this.waiting.length > 0 && performance.now() < untilMs);
    };
    try {
      await this.client.converse(write, { urgent: true });
    } catch (error) {
      // Who could not be connected has taken nobody yet.
      for (const one of asked.length > 0 ? asked : this.next()) one.reject(error);
    }
  }

  /** Whoever has given up may not be there any more when the next rollout has begun. */
  private next(): readonly Asked[] {
    const asked = this.waiting.splice(0, maxTogether);
    for (const one of asked) if (one.signal?.aborted === true) one.reject(cancelled());
    return asked.filter(({ signal }) => signal?.aborted !== true);
  }

  private async putAll(run: Run, keys: readonly string[]): Promise<void> {
    const set = (key: string) => this.commands.set('stop', key, 1);
    const answers = await run(keys.map(set));
    const missing = keys.filter((_, index) => !tookEffect(answers[index]));
    // Another writer may have added one in between, which would be read instead: setting changes both.
    const added = await run(missing.flatMap((key) => [this.commands.add('stop', key, 1), set(key)]));
    added.forEach(tookEffect);
  }
}

function cancelled(): SluiceError {
  return new SluiceError('traffic-unavailable', 'The stop was not written: the call was cancelled.');
}
