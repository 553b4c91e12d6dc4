import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { podsFor, reachableShares } from '../../../../../src/providers/traffic/service/counts.ts';
import {
  isServed,
  isUnderWay,
  type PodShare,
  type Pods,
  realShares,
  selectorOf,
  todo,
} from '../../../../../src/providers/traffic/service/state.ts';

const pods = (own: object, replicas: number, hash: string, matchLabels: object = own): Pods => ({
  matchLabels: { ...matchLabels },
  labels: { ...own },
  hash,
  replicas,
  running: replicas,
  ready: replicas,
});
const shared = { app: 'shop' };
const tracks = (blue: number, green: number): PodShare => ({
  selector: shared,
  shared,
  total: blue,
  pods: {
    blue: pods({ app: 'shop', track: 'stable' }, blue, 'h1'),
    green: pods({ app: 'shop', track: 'canary' }, green, 'h2'),
  },
});

/** Writes what can be written, and lets all pods come and go as the Deployments ask, until nothing is left to do. */
function settled(from: PodShare, green: number, count: number): PodShare {
  let state = from;
  for (let round = 0; round < 6; round++) {
    const { selector = state.selector, ...scale } = todo(state, green, count);
    const resized = (own: Pods, replicas = own.replicas): Pods => ({
      ...own,
      ...{ replicas, running: replicas, ready: replicas },
    });
    const { blue, green: canary } = state.pods;
    state = {
      ...state,
      selector,
      pods: { blue: resized(blue, scale.blue), green: canary && resized(canary, scale.green) },
    };
  }
  expect(todo(state, green, count)).toEqual({});
  return state;
}

describe('shares by numbers of pods', () => {
  it('are told before anything starts', () => {
    expect(reachableShares(4)).toEqual([0, 25, 50, 75, 100]);
    expect(() => podsFor(5, 3, 'refuse')).toThrow('3 replicas cannot give 5 %, only 0, 33.33, 66.67, 100 %');
    expect(() => podsFor(50, 1, 'nearest')).toThrow('1 replica cannot give 50 %, only 0, 100 %');
    expect(podsFor(33, 3, 'refuse')).toBe(1);
    expect(podsFor(5, 3, 'nearest')).toBe(1);
    expect(podsFor(99, 3, 'nearest')).toBe(2);
  });

  it('are given by both versions together, with one stable pod at least and as many pods as before', () => {
    const property = fc.property(
      fc.integer({ min: 2, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 }),
      (total, before, percents) => {
        let state = { ...tracks(total, before), total };
        for (const percent of percents) {
          const count = podsFor(percent, total, 'nearest');
          state = settled(state, percent, count);
          expect(realShares(state).green).toBeCloseTo((count / total) * 100, 6);
          expect(state.pods.blue.replicas + (state.pods.green?.replicas ?? 0)).toBe(total);
          expect(state.pods.blue.replicas).toBeGreaterThan(0);
        }
        const home = settled(state, 0, 0);
        expect(realShares(home)).toEqual({ blue: 100, green: 0 });
        expect(home.pods.blue.replicas).toBe(total);
      },
    );
    fc.assert(property);
  });

  it('are taken away in one write, whatever pods there are', () => {
    const state = settled(tracks(4, 4), 75, 3);
    expect(todo(state, 0, 0)).toEqual({ selector: { app: 'shop', track: 'stable' }, blue: 4 });
  });

  it('go all to the canary when it has all the pods that stable had, and stable keeps its own', () => {
    const half = settled(tracks(4, 4), 50, 2);
    expect(todo(half, 100, 4)).toEqual({ blue: 4, green: 4 });
    expect(realShares(settled(half, 100, 4))).toEqual({ blue: 0, green: 100 });
  });

  it('let no more of the canary’s pods in than the share takes', () => {
    const { pods: both, ...state } = tracks(10, 10);
    const home = { ...state, selector: { app: 'shop', track: 'stable' }, pods: both };
    expect(todo(home, 10, 1)).toEqual({ green: 1 });
    const green = both.green && { ...both.green, replicas: 1, running: 10 };
    expect(todo({ ...home, pods: { ...both, green } }, 10, 1)).toEqual({});
    const shrunk = green && { ...green, running: 1 };
    expect(todo({ ...home, pods: { ...both, green: shrunk } }, 10, 1)).toEqual({ selector: shared, blue: 9 });
  });

  it('take no pod from stable before the canary’s are ready', () => {
    const { pods: both, ...state } = tracks(4, 0);
    const green = both.green && { ...both.green, replicas: 2, running: 2, ready: 1 };
    expect(todo({ ...state, pods: { ...both, green } }, 50, 2)).toEqual({});
  });

  it('are under way until somebody else takes a hand', () => {
    const state = tracks(4, 2);
    const by = (selector: object, blue: number) => ({
      ...state,
      selector: { ...selector },
      pods: { ...state.pods, blue: { ...state.pods.blue, replicas: blue } },
    });
    expect(isUnderWay(by(shared, 4), 50, 2)).toBe(true);
    expect(isUnderWay(by(shared, 2), 50, 2)).toBe(true);
    expect(isUnderWay(by({ app: 'shop', track: 'stable' }, 4), 50, 2)).toBe(true);
    expect(isUnderWay(by(shared, 1), 50, 2)).toBe(false);
    expect(isUnderWay(by({ app: 'shop', track: 'canary' }, 4), 50, 2)).toBe(false);
    expect(isUnderWay(by(shared, 4), 0, 0)).toBe(false);
    expect(isUnderWay(by(shared, 3), 25, 1)).toBe(false);
  });

  it('are served when the endpoints are as many', () => {
    const state = tracks(4, 2);
    expect(isServed(state, 50, 2, { blue: 2, green: 2 })).toBe(true);
    expect(isServed(state, 50, 2, { blue: 4, green: 2 })).toBe(false);
    expect(isServed(state, 0, 0, { blue: 4, green: 1 })).toBe(false);
    expect(isServed(state, 0, 0, { blue: 1, green: 0 })).toBe(true);
    expect(isServed(state, 100, 4, { blue: 0, green: 4 })).toBe(true);
  });
});

describe('the selector of one version', () => {
  it('adds labels that the other version does not have', () => {
    expect(selectorOf(tracks(1, 1), 'blue')).toEqual({ app: 'shop', track: 'stable' });
    expect(selectorOf(tracks(1, 1), 'green')).toEqual({ app: 'shop', track: 'canary' });
  });

  it('goes by the hash of the pods where all of stable’s labels are the canary’s too, or it is not there yet', () => {
    const blue = pods({ app: 'shop' }, 2, 'h1');
    const green = pods({ app: 'shop', slot: 'canary' }, 2, 'h2');
    const state = { selector: shared, shared, total: 2, pods: { blue, green } };
    expect(selectorOf(state, 'blue')).toEqual({ app: 'shop', 'pod-template-hash': 'h1' });
    expect(selectorOf(state, 'green')).toEqual({ app: 'shop', slot: 'canary' });
    expect(selectorOf({ ...state, pods: { blue, green: null } }, 'blue')).toEqual({
      app: 'shop',
      'pod-template-hash': 'h1',
    });
    expect(() => selectorOf({ ...state, pods: { blue: { ...blue, hash: null }, green } }, 'blue')).toThrow(
      'has no pods yet',
    );
  });
});
