/** Smoke tests under way: a look waits for them for a while, and the next one finds them where they are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../../domain/duration.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { GateQuestion } from '../types.ts';
import type { Test, TestResult } from './types.ts';

interface Patience {
  /** A look has half a minute in all. */
  readonly waitMs: number;
  /** A run that nobody has asked about for so long is nobody's. */
  readonly forgottenMs: number;
}

const usual: Patience = { waitMs: 10_000, forgottenMs: 60_000 };

interface Run {
  readonly startedMs: number;
  done: Promise<void>;
  readonly stopper: AbortController;
  result: TestResult | null;
  /** So many looks wait for it: an attempt that is given up may not know yet that another has begun. */
  lookers: number;
}

export class Runs {
  private readonly running = new Map<string, Run>();
  private readonly forgetters = new Map<string, NodeJS.Timeout>();
  private readonly patience: Patience;

  constructor(patience: Patience = usual) {
    this.patience = patience;
  }

  /** One result for each test, in order. When all have one, the next look begins anew. */
  async look(
    tests: ReadonlyMap<string, Test>,
    question: GateQuestion,
    signal: AbortSignal,
  ): Promise<readonly TestResult[]> {
    const { id } = question;
    clearTimeout(this.forgetters.get(id));
    this.forgetters.delete(id);
    const runs = [...tests].map(([name, test]) => {
      const key = `${id}/${name}`;
      const run = this.running.get(key) ?? start(test, question);
      this.running.set(key, run);
      return { key, run };
    });
    for (const { run } of runs) run.lookers += 1;
    const over = sleep(this.patience.waitMs, undefined, { signal, ref: false }).catch(() => {});
    await Promise.race([Promise.all(runs.map(({ run }) => run.done)), over]);
    for (const { run } of runs) run.lookers -= 1;
    if (signal.aborted) {
      await this.end(runs.flatMap(({ key, run }) => (run.lookers === 0 ? [key] : [])));
      signal.throwIfAborted();
    }
    const results = runs.map(({ run }) => run.result ?? stillRuns(run));
    const told =
      runs.every(({ run }) => run.result !== null) || results.some(({ answer }) => answer === 'refuse');
    const keys = runs.map(({ key }) => key);
    if (told) await this.end(keys);
    else
      this.forgetters.set(
        id,
        setTimeout(() => void this.end(keys), this.patience.forgottenMs),
      );
    return results;
  }

  async close(): Promise<void> {
    for (const timer of this.forgetters.values()) clearTimeout(timer);
    this.forgetters.clear();
    await this.end([...this.running.keys()]);
  }

  private async end(keys: readonly string[]): Promise<void> {
    const runs = keys.flatMap((key) => this.running.get(key) ?? []);
    for (const key of keys) this.running.delete(key);
    for (const { stopper } of runs) stopper.abort(new Error('nobody waits for it any more'));
    await Promise.all(runs.map(({ done }) => done));
  }
}

function start(test: Test, question: GateQuestion): Run {
  const stopper = new AbortController();
  const failed = (error: unknown): TestResult => ({ answer: 'hold', said: messageOf(error), report: null });
  const startedMs = performance.now();
  const run: Run = { startedMs, stopper, result: null, lookers: 0, done: Promise.resolve() };
  run.done = test(question, stopper.signal)
    .catch(failed)
    .then((result) => {
      // What was cut short has found nothing, whatever it says of its own end.
      run.result = stopper.signal.aborted ? { ...result, answer: 'hold' } : result;
    });
  return run;
}

function stillRuns({ startedMs }: Run): TestResult {
  const since = formatDuration(Math.round((performance.now() - startedMs) / 1_000) * 1_000);
  return { answer: 'hold', said: `still runs, since ${since}; wait for it`, report: null, runs: true };
}
