import { describe, expect, it } from 'vitest';
import { noLease } from '../../../../../src/providers/traffic/kube/lease-state.ts';
import {
  beforeIn,
  beforeText,
  isOthers,
  markIn,
  markNotes,
  noteNames,
} from '../../../../../src/providers/traffic/kube/notes.ts';
import type { RouteSeen } from '../../../../../src/providers/traffic/kube/route.ts';
import { stateOf } from '../../../../../src/providers/traffic/kube/traffic-state.ts';
import { effectivePercent } from '../../../../../src/providers/traffic/types.ts';

const nowMs = 1_000_000;
const match = { header: 'x-tester', value: 'yes' };
const lease = {
  ...noLease,
  epoch: 7,
  weightPercent: 25,
  renewedAtMs: nowMs,
  forMs: 30_000,
  stoppedAll: false,
};
const seen = {
  shares: { blue: 75, green: 25 },
  match: null,
  mark: '7/lives',
  before: { blue: 100, green: 0, match: null },
  observed: true,
  otherWriter: 'kubectl-edit',
};

describe('what a route and its Lease say together', () => {
  it('is what was asked for where both agree', () => {
    const state = stateOf({ lease, seen }, nowMs);
    expect(state).toMatchObject({
      weightPercent: 25,
      stopped: false,
      epoch: 7,
      leaseUntilMs: nowMs + 30_000,
    });
    expect(state).not.toHaveProperty('behind');
    expect(state).not.toHaveProperty('writer');
  });

  it('is the route’s own share under a living lease, with the name of whoever wrote it', () => {
    const state = stateOf({ lease, seen: { ...seen, shares: { blue: 40, green: 60 } } }, nowMs);
    expect(state).toMatchObject({ weightPercent: 60, writer: 'kubectl-edit' });
    expect(effectivePercent(state, nowMs)).toBe(60);
    const none = { ...lease, weightPercent: 0 };
    expect(stateOf({ lease: none, seen }, nowMs)).toMatchObject({
      weightPercent: 25,
      writer: 'kubectl-edit',
    });
  });

  it.each([
    ['stopped', { ...lease, stop: '2026-01-01T00:00:00.000Z' }, nowMs],
    ['stopped with everything', { ...lease, stoppedAll: true }, nowMs],
    ['without a lease any more', lease, nowMs + 30_000],
  ])('still gives what the route gives when it is %s, until the guard has acted', (_how, stopped, atMs) => {
    const late = stateOf({ lease: stopped, seen: { ...seen, match } }, atMs);
    expect(late).toMatchObject({ weightPercent: 25, behind: { weightPercent: 25, match } });
    expect(effectivePercent(late, atMs)).toBe(25);
    const home = stateOf({ lease: stopped, seen: { ...seen, shares: { blue: 100, green: 0 } } }, atMs);
    expect(home).not.toHaveProperty('behind');
    expect(effectivePercent(home, atMs)).toBe(0);
  });

  it('counts what was before as long as the controller has not taken up the change', () => {
    const written = {
      ...seen,
      shares: { blue: 100, green: 0 },
      before: { blue: 50, green: 50, match: null },
    };
    const stopped = { ...lease, stop: '2026-01-01T00:00:00.000Z' };
    const pending = stateOf({ lease: stopped, seen: { ...written, observed: false } }, nowMs);
    expect(effectivePercent(pending, nowMs)).toBe(50);
    expect(effectivePercent(stateOf({ lease: stopped, seen: written }, nowMs), nowMs)).toBe(0);
  });

  it('counts it also after further writes, with the header by which users got there', () => {
    const written = (now: RouteSeen): RouteSeen => {
      const annotations = { [noteNames.before]: beforeText(now) };
      const before = beforeIn({ apiVersion: '', kind: '', metadata: { name: 'shop', annotations } });
      return { ...now, shares: { blue: 100, green: 0 }, match: null, before, observed: false };
    };
    const stopped = { ...lease, stop: '2026-01-01T00:00:00.000Z' };
    const first = { ...seen, shares: { blue: 50, green: 50 }, match };
    for (const pending of [written(first), written(written(first)), written(written(written(first)))]) {
      expect(stateOf({ lease: stopped, seen: pending }, nowMs).behind).toEqual({ weightPercent: 50, match });
      const taken = { ...pending, observed: true };
      expect(stateOf({ lease: stopped, seen: taken }, nowMs)).not.toHaveProperty('behind');
    }
    const onlyHeader = written({ ...seen, shares: { blue: 100, green: 0 }, match });
    expect(stateOf({ lease: stopped, seen: onlyHeader }, nowMs).behind).toEqual({ weightPercent: 0, match });
    const next = written({ ...onlyHeader, observed: true });
    expect(stateOf({ lease: stopped, seen: next }, nowMs).behind).toEqual({ weightPercent: 0, match: null });
  });

  it('speaks of the other slot when green is stable', () => {
    const swapped = { ...lease, stableSlot: 'green' as const, weightPercent: 75 };
    expect(stateOf({ lease: swapped, seen }, nowMs)).toMatchObject({
      stableSlot: 'green',
      weightPercent: 75,
    });
  });
});

describe('whose a route is', () => {
  const place = { target: 'prod/shop', service: 'shop', namespace: 'prod', options: {} };
  const written = markNotes(place, '5/lives');
  const isOthersWith = (annotations: Record<string, string>) =>
    isOthers({ name: 'shop', annotations }, place);

  it('is told by the mark of the last write, whatever somebody has written over the name', () => {
    expect(isOthersWith(written)).toBe(false);
    expect(isOthersWith({ ...written, [noteNames.target]: 'prod/other' })).toBe(false);
    const others = markNotes({ ...place, target: 'prod/other' }, '5/lives');
    expect(isOthersWith(others)).toBe(true);
    expect(isOthersWith({ ...others, [noteNames.target]: 'prod/shop' })).toBe(true);
  });

  it("is told by the name where a former version wrote the mark, and is nobody's without a name", () => {
    const former = { [noteNames.target]: 'prod/other', [noteNames.mark]: '5/lives' };
    expect(isOthersWith(former)).toBe(true);
    const { [noteNames.target]: _name, ...unnamed } = markNotes({ ...place, target: 'prod/other' }, '5/none');
    expect(isOthersWith(unnamed)).toBe(false);
  });

  it('does not change what the mark says', () => {
    const mark = (annotations: Record<string, string>) =>
      markIn({ apiVersion: '', kind: '', metadata: { name: 'shop', annotations } });
    expect(mark(written)).toBe('5/lives');
    expect(mark({ [noteNames.mark]: '5/lives' })).toBe('5/lives');
    expect(mark({})).toBeNull();
  });
});
