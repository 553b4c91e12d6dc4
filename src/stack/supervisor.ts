/** Starts the stack's parts, starts again those that die, and stops all of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../domain/errors.ts';
import { endProcess, type ProcessIdentity } from '../providers/workload/process-identity.ts';
import type { Component } from './component.ts';
import type { PidTable } from './pid-table.ts';

interface SupervisorOptions {
  readonly cwd: string;
  readonly logs: string;
  readonly table: PidTable;
  readonly say: (line: string) => void;
}

interface Running {
  readonly component: Component;
  readonly identity: ProcessIdentity;
  readonly startedAtMs: number;
  /** Where this start's lines begin in the log. */
  readonly logFrom: number;
  /** Resolves with how it ended, in words. */
  readonly ended: Promise<string>;
}

const restartDelaysMs = [300, 1_000, 2_000, 5_000, 10_000];
/** Who has run for so long starts again at once. */
const steadyMs = 30_000;
const logLimitBytes = 10_000_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, Running>();
  readonly #order: string[] = [];
  readonly #stopping = new AbortController();
  /** Starts that are not on record yet; `stop` waits for them, lest one be left behind. */
  readonly #spawning = new Set<Promise<unknown>>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /**
   * Starts a part, returns when it is ready, and from then on starts it again whenever it dies. @throws Error naming
   * its last log lines.
   */
  async start(component: Component, signal: AbortSignal): Promise<void> {
    this.#order.push(component.name);
    const running = await this.#spawn(component);
    await this.#becomeReady(running, AbortSignal.any([signal, this.#stopping.signal]));
    void this.#keepAlive(running);
  }

  /** Stops everything in the reverse order of the start, within about `budgetMs`. Returns what could not be ended. */
  async stop(budgetMs: number): Promise<string[]> {
    this.#stopping.abort();
    const deadline = Date.now() + budgetMs;
    await Promise.allSettled(this.#spawning);
    const stuck: string[] = [];
    for (const name of this.#order.toReversed()) {
      const running = this.#running.get(name);
      if (!running) continue;
      const graceMs = Math.min(running.component.stopGraceMs ?? 3_000, Math.max(200, deadline - Date.now()));
      if ((await endProcess(running.identity, graceMs)) === 'stuck') stuck.push(name);
      else this.#forget(running);
    }
    return stuck;
  }

  #spawn(component: Component): Promise<Running> {
    const spawning = this.#launch(component);
    this.#spawning.add(spawning);
    return spawning.finally(() => this.#spawning.delete(spawning));
  }

  async #launch(component: Component): Promise<Running> {
    this.#stopping.signal.throwIfAborted();
    const { table, cwd } = this.#options;
    const log = this.#openLog(component);
    const logFrom = fstatSync(log).size;
    let child: ChildProcess;
    try {
      // A group of its own, so that Ctrl-C in the terminal reaches the stack only, which then stops all in order.
      child = spawn(component.command, component.args, {
        cwd,
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...component.env },
      });
    } finally {
      closeSync(log);
    }
    const ended = once(child, 'exit').then(
      ([code, signal]) => (signal ? `was ended by ${signal}` : `ended with code ${code}`),
      (error) => `could not be run: ${messageOf(error)}`,
    );
    if (child.pid === undefined) throw new Error(`${component.name} ${await ended}`);
    const running = {
      component,
      identity: await table.add(component.name, child.pid),
      startedAtMs: Date.now(),
      logFrom,
      ended,
    };
    this.#running.set(component.name, running);
    return running;
  }

  async #becomeReady(running: Running, signal: AbortSignal): Promise<void> {
    const { name, ready, readyTimeoutMs = 60_000 } = running.component;
    const deadline = Date.now() + readyTimeoutMs;
    let ended: string | null = null;
    void running.ended.then((how) => {
      ended = how;
    });
    let missing: string | null = 'it was never asked';
    while (missing !== null) {
      signal.throwIfAborted();
      if (ended !== null) throw this.#failure(running, ended);
      missing = await ready().catch((error) => `it does not answer (${messageOf(causeOf(error))})`);
      if (missing === null) break;
      if (Date.now() > deadline) {
        throw this.#failure(running, `was not ready within ${readyTimeoutMs / 1000} s: ${missing}`);
      }
      await sleep(50, undefined, { signal }).catch(() => {});
    }
    // Somebody else's answer on its port must not pass for its own.
    if (ended !== null) throw this.#failure(running, ended);
    this.#options.say(`${name} is ready`);
  }

  async #keepAlive(first: Running): Promise<void> {
    const { say } = this.#options;
    const signal = this.#stopping.signal;
    let running = first;
    for (let failures = 0; ; failures++) {
      const how = await running.ended;
      if (signal.aborted) return;
      this.#forget(running);
      if (Date.now() - running.startedAtMs > steadyMs) failures = 0;
      const delayMs = restartDelaysMs[Math.min(failures, restartDelaysMs.length - 1)] ?? 0;
      say(`${running.component.name} ${how}; it is started again in ${delayMs / 1000} s`);
      try {
        await sleep(delayMs, undefined, { signal });
        running = await this.#spawn(running.component);
        await this.#becomeReady(running, signal);
      } catch (error) {
        if (signal.aborted) return;
        say(messageOf(error));
        // One that hangs would hold its port for ever.
        await endProcess(running.identity, 1_000);
      }
    }
  }

  #forget({ component, identity }: Running): void {
    if (this.#running.get(component.name)?.identity === identity) this.#running.delete(component.name);
    this.#options.table.remove(identity.pid);
  }

  #openLog({ log }: Component): number {
    const file = join(this.#options.logs, `${log}.log`);
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) renameSync(file, `${file}.1`);
    return openSync(file, 'a');
  }

  #failure({ component, logFrom }: Running, what: string): Error {
    const file = join(this.#options.logs, `${component.log}.log`);
    const lines = readFileSync(file)
      .subarray(logFrom)
      .toString()
      .trimEnd()
      .split('\n')
      .slice(-12)
      .filter(Boolean);
    const tail = lines.length === 0 ? 'It has written nothing.' : `Its last lines:\n  ${lines.join('\n  ')}`;
    return new Error(`${component.name} ${what}.\n${tail}\nThe whole log: ${file}`);
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}
