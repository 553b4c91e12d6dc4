import { expect, it } from 'vitest';
import { SeriesKeeper } from '../../../src/activities/watch/series-keeper.ts';
import type { Verdict } from '../../../src/domain/analysis/types.ts';
import { pointsIn, sharesIn } from '../../../src/domain/rollout/series.ts';
import { successCheck } from '../../support/plan.ts';

const everyMs = 5_000;
const checks = [successCheck, { ...successCheck, name: 'latency' }, { ...successCheck, name: 'errors' }];

function keeperOf(beatRows: () => number, left?: SeriesKeeper['kept']) {
  return new SeriesKeeper({ checks, nowMs: 0, everyMs, after: false, left, beatRows });
}

function filled(keeper: SeriesKeeper, from: number, looks: number): void {
  for (let look = from; look < from + looks; look++) {
    const atMs = look * everyMs;
    const kind = look === 50 ? 'fail' : 'pass';
    const values = { canary: 99.5, stable: 99.7, canarySamples: 100, stableSamples: 900 };
    for (const check of checks) {
      const verdict: Verdict = { check: check.name, kind, reason: '', ...values, atMs };
      keeper.look(check, verdict);
    }
    keeper.share(atMs, 10);
  }
}

it('keeps all for the result, and for heartbeats what they have room for, with failures, the first and the latest', () => {
  const keeper = keeperOf(() => 60);
  filled(keeper, 1, 100);
  expect(pointsIn(keeper.kept, 'latency')).toHaveLength(100);
  const short = pointsIn(keeper.short, 'latency');
  expect(short).toHaveLength(20);
  expect(short.filter(({ kind }) => kind === 'fail').map(({ atMs }) => atMs)).toEqual([50 * everyMs]);
  expect([short[0]?.atMs, short.at(-1)?.atMs]).toEqual([everyMs, 100 * everyMs]);
  expect(sharesIn(keeper.short)).toHaveLength(20);
  expect(JSON.stringify(keeper.short).length).toBeLessThan(4_000);
});

it('leaves the next attempt the whole time, more coarsely, and becomes shorter when watches become many', () => {
  let rows = 360;
  const first = keeperOf(() => rows);
  filled(first, 1, 100);
  expect(pointsIn(first.short, 'errors')).toHaveLength(100);
  rows = 60;
  const next = keeperOf(() => rows, first.short);
  filled(next, 101, 1);
  expect(pointsIn(next.kept, 'errors')).toHaveLength(101);
  const short = pointsIn(next.short, 'errors');
  expect(short).toHaveLength(20);
  expect([short[0]?.atMs, short.at(-1)?.atMs]).toEqual([everyMs, 101 * everyMs]);
});
