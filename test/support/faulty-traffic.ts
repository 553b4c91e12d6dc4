/** A traffic provider that fails when a test tells it to, and can be meddled with from outside. */
import { SluiceError } from '../../src/domain/errors.ts';
import type {
  Route,
  TrafficProvider,
  TrafficState,
  TrafficTarget,
} from '../../src/providers/traffic/types.ts';
import { waitFor } from './wait-for.ts';

type Failing = 'prepare' | 'setRoute' | 'renew' | 'read' | 'setStable' | 'restore';

export interface FaultyTraffic extends TrafficProvider {
  /** Lets the next `times` calls of a target fail as if the data plane were away. */
  failNext(call: Failing, targetId: string, times: number): void;
  /** How many calls of a target have failed so. */
  failures(call: Failing, targetId: string): number;
  /** How far the data plane's clock is ahead from now on. */
  skew(aheadMs: number): void;
  /** Writes as somebody else would: under the present owner's epoch. */
  meddle(targetId: string, route: Partial<Route>): Promise<void>;
  whenState(targetId: string, fits: (state: TrafficState) => boolean): Promise<TrafficState>;
}

export function createFaultyTraffic(inner: TrafficProvider): FaultyTraffic {
  const left = new Map<string, number>();
  const failed = new Map<string, number>();
  const guard = <T>(call: Failing, { id }: TrafficTarget, act: () => Promise<T>): Promise<T> => {
    const key = `${call} ${id}`;
    const failures = left.get(key) ?? 0;
    if (failures === 0) return act();
    left.set(key, failures - 1);
    failed.set(key, (failed.get(key) ?? 0) + 1);
    return Promise.reject(new SluiceError('traffic-unavailable', `The data plane did not answer (${key}).`));
  };
  const target = (id: string): TrafficTarget => ({ id, options: {} });
  let skewMs: number | null = null;
  const { glance } = inner;
  return {
    clock: async () => (skewMs === null ? undefined : Date.now() + skewMs),
    skew: (aheadMs) => {
      skewMs = aheadMs;
    },
    matchHeader: inner.matchHeader,
    prepare: (to, ...rest) => guard('prepare', to, () => inner.prepare(to, ...rest)),
    setRoute: (to, ...rest) => guard('setRoute', to, () => inner.setRoute(to, ...rest)),
    renew: (to, ...rest) => guard('renew', to, () => inner.renew(to, ...rest)),
    read: (to, ...rest) => guard('read', to, () => inner.read(to, ...rest)),
    setStable: (to, ...rest) => guard('setStable', to, () => inner.setStable(to, ...rest)),
    restore: (to, ...rest) => guard('restore', to, () => inner.restore(to, ...rest)),
    stop: (to, signal) => inner.stop(to, signal),
    stopAll: (holder, signal) => inner.stopAll(holder, signal),
    release: (holder, signal) => inner.release(holder, signal),
    ...(inner.leave ? { leave: inner.leave.bind(inner) } : {}),
    ...(inner.asked ? { asked: inner.asked.bind(inner) } : {}),
    ...(glance
      ? { glance: (to: TrafficTarget, ...rest) => guard('read', to, () => glance.call(inner, to, ...rest)) }
      : {}),
    ...(inner.changes ? { changes: inner.changes.bind(inner) } : {}),
    close: () => inner.close(),
    failures: (call, targetId) => failed.get(`${call} ${targetId}`) ?? 0,
    failNext: (call, targetId, times) => void left.set(`${call} ${targetId}`, times),
    meddle: async (id, route) => {
      const { weightPercent, match, epoch } = await inner.read(target(id));
      await inner.setRoute(target(id), { weightPercent, match, ...route }, epoch);
    },
    whenState: (id, fits) =>
      waitFor(`the data plane of ${id}`, async () => {
        const state = await inner.read(target(id));
        return fits(state) ? state : null;
      }),
  };
}
