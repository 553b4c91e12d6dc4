/** Writes stops: those asked for at the same time go to HAProxy together, over one connection that overtakes all others. */
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
const maxTogether = 100;

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
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0, maxTogether));
    this.writes -= 1;
  }

  private async write(asked: readonly Asked[]): Promise<void> {
    // Whoever has given up may not be there any more when the next rollout has begun.
    const wanted = asked.filter(({ signal }) => signal?.aborted !== true);
    for (const one of asked) if (one.signal?.aborted === true) one.reject(cancelled());
    try {
      const keys = [...new Set(wanted.map(({ key }) => key))];
      await this.client.converse((run) => this.putAll(run, keys), { urgent: true });
      for (const one of wanted) one.resolve();
    } catch (error) {
      for (const one of wanted) one.reject(error);
    }
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
