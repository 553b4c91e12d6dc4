/** Nothing is said of a lease while it is the page that hears nothing. */
import { expect, test } from 'vitest';
import { headlineOf } from '../../../../src/dashboard/pages/rollout/model/headline.ts';
import {
  hearingOf,
  type Sight,
  sightAfter,
  sightless,
} from '../../../../src/dashboard/pages/rollout/model/sight.ts';
import { at, liveOf, running } from './fixtures.ts';

const view = running({}, { live: liveOf({ atMs: at(20), leaseUntilMs: at(30) }) });
const seen = sightAfter(sightless, { kind: 'view', atMs: at(21) });
const alive = (known: Sight, afterS: number) => sightAfter(known, { kind: 'alive', atMs: at(afterS) });
const titleAt = ({ asOfMs }: Sight) => headlineOf(view, asOfMs ?? Number.NaN).title;

test('a sign of life after a long silence is no word of a watch, as the API may not have looked again', () => {
  const woken = alive(seen, 60);
  expect(woken.asOfMs).toBe(at(21));
  expect(titleAt(woken)).toBe('v2 has 10 % of traffic');
});

test('a watch that is silent while the API goes on telling of its rollout has lost its lease', () => {
  const later = [26, 31, 36, 41].reduce(alive, seen);
  expect(titleAt(later)).toBe('The watch has not been heard of lately');
});

test('what the API cannot see is not judged until it is seen again', () => {
  const blind = sightAfter(seen, { kind: 'trouble', atMs: at(26) });
  expect([31, 36, 41].reduce(alive, blind).asOfMs).toBe(at(21));
  expect(sightAfter(blind, { kind: 'view', atMs: at(50) }).asOfMs).toBe(at(50));
});

test('what is heard of no more is shown as of then: without connection, worker or watch', () => {
  const connection = { kind: 'live', asOfMs: at(40), why: null } as const;
  const sight = { asOfMs: at(40), heardAtMs: at(40) };
  const fresh = running({}, { live: liveOf({ atMs: at(39), leaseUntilMs: at(80) }) });
  const all = { view: fresh, toldAtMs: null, connection, sight, aheadMs: 0 };
  expect(hearingOf(all, at(41))).toEqual({ isHeard: true, nowMs: at(41), silence: null });
  const last = { isHeard: false, silence: null };
  const lost = { ...connection, kind: 'lost' as const };
  expect(hearingOf({ ...all, connection: lost }, at(90))).toEqual({ ...last, nowMs: at(40) });
  expect(hearingOf({ ...all, toldAtMs: at(30) }, at(41))).toEqual({ ...last, nowMs: at(30) });
  expect(hearingOf({ ...all, view }, at(41))).toEqual({ isHeard: false, nowMs: at(20), silence: 'lapsed' });
});
