/** The configured data planes as the express lane uses them: every call is bounded in time, and none of them throws. */
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { Asked, TrafficProvider, TrafficTarget } from '../../providers/traffic/types.ts';

/** Where a target's traffic is steered: the name of a traffic instance, and the target with the plan's options. */
export interface TrafficRef {
  readonly name: string;
  readonly target: TrafficTarget;
}

export type Written =
  | { readonly written: true; readonly tookMs: number }
  | { readonly written: false; readonly problem: string };

type Released =
  /** `wasStopped`: whether everything was stopped before; null: nobody could say. */
  | { readonly heldBy: readonly string[]; readonly wasStopped: boolean | null }
  | { readonly heldBy: null; readonly problem: string };

export interface DataPlanes {
  /** The configured traffic instances. */
  readonly names: readonly string[];
  /** Takes all traffic off the target's canary; nothing but the next rollout clears it. */
  stop(ref: TrafficRef): Promise<Written>;
  /** How long somebody else needs to follow one stop; 0: it is in force when it is written. */
  followedMs(name: string): number;
  /** Stops everything behind one data plane in one write, for as long as the holder does not release it. */
  stopAll(name: string, holder: string): Promise<Written>;
  /** Lets go what `stopAll` wrote for the holder. */
  release(name: string, holder: string): Promise<Released>;
  /** Whether a canary of the target may take traffic by what the data plane says. False when it does not answer. */
  hasCanary(ref: TrafficRef): Promise<boolean>;
  /** Whether everything behind the data plane is stopped; null: it does not answer. */
  isStopped(name: string): Promise<boolean | null>;
}

/** What a registry gives. */
interface TrafficInstances {
  readonly names: readonly string[];
  /** Throws `provider-unknown`, or what the provider throws when made. */
  get(name: string): TrafficProvider;
}

/** A write that takes longer is looked for once and told as not written: two seconds in all. */
const stopTimeoutMs = 1500;
/**
 * In a storm each stop waits for others, and whoever gives up and tries again makes it worse: so much more for each.
 */
const perStopMs = 10;
const mostStopMs = 4000;
/** Looks are only hints, so they may not cost much. */
const lookTimeoutMs = 500;
/** No rollout has this target, so what stops it stops everything. */
const nobody: TrafficTarget = { id: 'sluice/nobody', options: {} };

export function createDataPlanes({ names, get }: TrafficInstances): DataPlanes {
  let underWay = 0;
  const stopLimitMs = () => Math.min(mostStopMs, stopTimeoutMs + perStopMs * underWay);
  const look = (name: string, target: TrafficTarget | '*') =>
    bounded(lookTimeoutMs, (signal) => askedOf(get(name), target, signal)).catch(() => null);
  return {
    names,
    stop: ({ name, target }) => {
      const limitMs = stopLimitMs();
      underWay += 1;
      return attempt(
        (signal) => get(name).stop(target, signal),
        async () => (await look(name, target))?.stopped === true,
        limitMs,
      ).finally(() => {
        underWay -= 1;
      });
    },
    followedMs: (name) => followedMsOf(() => get(name)),
    stopAll: (name, holder) =>
      attempt(
        (signal) => get(name).stopAll(holder, signal),
        async () => (await look(name, '*'))?.stopped === true,
      ),
    release: async (name, holder) => {
      const wasStopped = (await look(name, '*'))?.stopped ?? null;
      return await bounded(stopTimeoutMs, (signal) => get(name).release(holder, signal)).then(
        (heldBy) => ({ heldBy, wasStopped }),
        (error: unknown) => ({ heldBy: null, problem: messageOf(error) }),
      );
    },
    hasCanary: async ({ name, target }) => mayTakeTraffic(await look(name, target), Date.now()),
    isStopped: async (name) => (await look(name, '*'))?.stopped ?? null,
  };
}

/** Where asking and following are two things, the route itself is none of the API's business. */
async function askedOf(
  provider: TrafficProvider,
  target: TrafficTarget | '*',
  signal: AbortSignal,
): Promise<Asked> {
  if (provider.asked) return await provider.asked(target, signal);
  return await provider.read(target === '*' ? nobody : target, signal);
}

function followedMsOf(provider: () => TrafficProvider): number {
  try {
    return provider().stopFollowedMs ?? 0;
  } catch {
    return 0;
  }
}

/** A canary that is stopped already counts as well, so that a repeated rollback is answered like the first. */
function mayTakeTraffic(state: Asked | null, nowMs: number): boolean {
  if (state === null || state.leaseUntilMs <= nowMs) return false;
  return state.weightPercent > 0 || state.match !== null;
}

/** `inForce` has the last word when the write failed: it may have been done all the same. */
async function attempt(
  write: (signal: AbortSignal) => Promise<void>,
  inForce: () => Promise<boolean>,
  limitMs = stopTimeoutMs,
): Promise<Written> {
  const startedMs = performance.now();
  const done = (): Written => ({
    written: true,
    tookMs: Math.round((performance.now() - startedMs) * 10) / 10,
  });
  try {
    await bounded(limitMs, write);
    return done();
  } catch (error) {
    return (await inForce()) ? done() : { written: false, problem: messageOf(error) };
  }
}

/** Ends in time whether or not the provider heeds the signal. */
function bounded<T>(timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const what = `The data plane gave no answer within ${timeoutMs} ms.`;
      reject(new SluiceError('traffic-unavailable', what));
      controller.abort();
    }, timeoutMs);
    const work = (async () => await call(controller.signal))();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
