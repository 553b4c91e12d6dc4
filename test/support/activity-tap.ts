/** Sees every execution of an activity and every call to a provider in it, and lets a test get in between. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors, NativeConnectionPlugin, WorkerPlugin } from '@temporalio/worker';
import type { ActivityDeps, Providers } from '../../src/activities/deps.ts';

/** One attempt of one activity. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  /** Activity, its mode if it has one, and which execution of the rollout it is: `shift#2`, `watch(soak)#1`. */
  readonly label: string;
  readonly type: string;
  readonly attempt: number;
  readonly input: unknown;
  /** Set by a test: its worker died, so no heartbeat, no effect and no result leaves it any more. */
  dead: boolean;
}

/** The name that stands for the whole body of an activity, whose end is its result. */
export const wholeBody = '(result)';

export interface Call {
  readonly execution: Execution;
  /** `traffic.setRoute`, `workload.start`, or `wholeBody`. */
  readonly name: string;
  /** Counts the calls of this name in this attempt, from 1. */
  readonly nth: number;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | null;
}

/** Stands between an activity and what it calls: does `act` or not, before or after something else. */
export type Tap = (call: Call, act: () => Promise<unknown>) => Promise<unknown>;

const isOver = 'the test is over';

export class ActivityTap {
  /** By workflow id; whoever has none is left alone. */
  readonly taps = new Map<string, Tap>();
  readonly plugin: NativeConnectionPlugin & WorkerPlugin;
  private readonly under = new AsyncLocalStorage<{ execution: Execution; counts: Map<string, number> }>();
  private readonly labels = new Map<string, Map<string, string>>();
  private over = false;
  private readonly undead: ((error: Error) => void)[] = [];

  constructor() {
    this.plugin = {
      name: 'activity-tap',
      configureWorker: (options) => ({
        ...options,
        interceptors: { ...options.interceptors, activity: [(context) => this.intercept(context)] },
      }),
    };
  }

  /** The same dependencies, each of whose calls goes through the rollout's tap. */
  wrap(deps: ActivityDeps): ActivityDeps {
    const providers = new Proxy(deps.providers, {
      get: (target, side: keyof Providers) => (name: string) => this.through(side, target[side](name)),
    });
    return {
      ...deps,
      providers,
      liveness: this.through('liveness', deps.liveness),
      clock: { now: () => deps.clock.now(), sleep: (ms, signal) => this.slept(deps, ms, signal) },
    };
  }

  /** What a dead worker answers: nothing, until the test is over. */
  silence(): Promise<never> {
    if (this.over) return Promise.reject(new Error(isOver));
    return new Promise((_, reject) => this.undead.push(reject));
  }

  /** Lets dead executions end, so that the workers can. */
  release(): void {
    this.over = true;
    for (const reject of this.undead.splice(0)) reject(new Error(isOver));
  }

  /** A dead execution that watches on until somebody answers would outlive the test. */
  private async slept({ clock }: ActivityDeps, ms: number, signal: AbortSignal): Promise<void> {
    await clock.sleep(ms, signal);
    if (this.over && this.under.getStore()?.execution.dead) throw new Error(isOver);
  }

  private through<T extends object>(side: string, provider: T): T {
    return new Proxy(provider, {
      get: (target, method) => {
        const member: unknown = Reflect.get(target, method);
        if (typeof member !== 'function' || method === 'close') return member;
        const act = (args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
        return (...args: readonly unknown[]) =>
          this.called(`${side}.${String(method)}`, args, () => act(args));
      },
    });
  }

  private called(name: string, args: readonly unknown[], act: () => unknown): unknown {
    const store = this.under.getStore();
    const tap = store && this.taps.get(store.execution.workflowId);
    if (!tap) return act();
    const nth = (store.counts.get(name) ?? 0) + 1;
    store.counts.set(name, nth);
    const { execution } = store;
    const body = async () => await this.unlessDead(execution, act);
    return this.unlessDead(execution, () =>
      tap({ execution, name, nth, args, signal: signalAmong(args) }, body),
    );
  }

  private async unlessDead(execution: Execution, act: () => unknown): Promise<unknown> {
    if (execution.dead) return await this.silence();
    try {
      return await act();
    } finally {
      if (execution.dead) await this.silence();
    }
  }

  private intercept(context: Context): ActivityInterceptors {
    const beat = context.heartbeat;
    return {
      inbound: {
        execute: async (input, next) => {
          const execution = this.executionOf(context, input.args[0]);
          Object.defineProperty(context, 'heartbeat', {
            value: (details?: unknown) => execution.dead || beat(details),
          });
          return await this.under.run({ execution, counts: new Map() }, async () =>
            this.called(wholeBody, input.args, () => next(input)),
          );
        },
      },
    };
  }

  private executionOf({ info }: Context, input: unknown): Execution {
    const workflowId = info.workflowExecution?.workflowId ?? '';
    const mode = typeof input === 'object' && input !== null && 'mode' in input ? `(${input.mode})` : '';
    const known = this.labels.get(workflowId) ?? new Map<string, string>();
    this.labels.set(workflowId, known);
    const kind = `${info.activityType}${mode}`;
    const runId = info.workflowExecution?.runId ?? '';
    const id = `${runId} ${info.activityId}`;
    const earlier = [...known.values()].filter((label) => label.startsWith(`${kind}#`)).length;
    const label = known.get(id) ?? `${kind}#${earlier + 1}`;
    known.set(id, label);
    return { workflowId, runId, label, type: info.activityType, attempt: info.attempt, input, dead: false };
  }
}

function signalAmong(args: readonly unknown[]): AbortSignal | null {
  for (const arg of args) {
    if (arg instanceof AbortSignal) return arg;
    if (typeof arg === 'object' && arg !== null && 'signal' in arg && arg.signal instanceof AbortSignal) {
      return arg.signal;
    }
  }
  return null;
}
