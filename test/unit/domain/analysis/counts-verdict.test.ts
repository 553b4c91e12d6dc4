import { describe, expect, it } from 'vitest';
import type { CountsCheck, CountsReading } from '../../../../src/domain/analysis/counts-check.ts';
import { judgeCounts, noEvidence } from '../../../../src/domain/analysis/counts-verdict.ts';
import {
  conclude,
  firstFailure,
  firstObstacle,
  observe,
  settled,
} from '../../../../src/domain/analysis/record.ts';
import type { CheckRecord, Verdict } from '../../../../src/domain/analysis/types.ts';

const check: CountsCheck = {
  kind: 'counts',
  name: 'success-rate',
  unit: '%',
  counters: { part: 'bad', partIs: 'bad', total: 'all' },
  shows: 'bad',
  minSamples: 50,
  margin: { ratio: 1.05, difference: 0 },
  guard: { limit: 0.01, when: 'alone' },
  enough: { ratio: 1, difference: 0.005 },
  alpha: 0.01,
  rollbackAlpha: 0.01,
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
};

/** A look that counts 25 requests of the canary and 475 of stable. */
function counts(canaryBad: number, stableBad: number, stableTotal = 475): CountsReading {
  const canary = { bad: canaryBad, total: 25 };
  const none = { bad: 0, total: 0 };
  return {
    kind: 'counts',
    since: { canary, stable: { bad: stableBad, total: stableTotal } },
    nextAnchorMs: 0,
    sinceNext: { canary: none, stable: none },
  };
}

function watched(readings: readonly CountsReading[], by: CountsCheck = check) {
  let record: CheckRecord | null = null;
  let last: Verdict | null = null;
  for (const [at, reading] of readings.entries()) {
    last = judgeCounts(by, record?.evidence ?? noEvidence(by, 0), reading, at * 5_000);
    record = observe(record, last, by);
  }
  if (record === null || last === null) throw new Error('nothing was read');
  return { record, last };
}

const times = (count: number, reading: CountsReading) => Array.from({ length: count }, () => reading);

describe('a check of counters', () => {
  it('fails on proof that the canary is worse, and says how sure that is', () => {
    const { record, last } = watched(times(5, counts(10, 0)));
    expect(last.kind).toBe('fail');
    expect(last.reason).toMatch(
      /^success rate: 50 of 125 \(40 %\) bad on the canary against 0 of 2375 \(0 %\) on stable; it is worse than stable: only 1 in \d+ canaries/,
    );
    expect(last).toMatchObject({ canary: 40, stable: 0, canarySamples: 125, stableSamples: 2375 });
    expect(last.statistics?.eValue).toBeGreaterThan(100);
    expect(last.statistics?.difference.low).toBeGreaterThan(0);
    expect(firstFailure([record], [check])?.check).toBe('success-rate');
  });

  it('passes while there is no proof, with what it would take', () => {
    const { record, last } = watched(times(10, counts(0, 1)));
    expect(last.reason).toMatch(/no proof that it is worse \(evidence [\d.]+, fails at 100\)$/);
    expect(conclude([record], [check]).kind).toBe('passed');
    expect(settled([record], [check])).toBe(false);
  });

  it('has no data before enough requests of either arm, however bad they are', () => {
    const first = watched([counts(25, 0)]);
    expect(first.last).toMatchObject({
      kind: 'no-data',
      reason: 'success rate has 25 samples of the canary so far, and at least 50 are needed',
    });
    expect(watched(times(5, counts(0, 0, 5))).last.kind).toBe('no-data');
  });

  it('holds a canary without any stable beside it to its guard', () => {
    expect(watched(times(5, counts(0, 0, 0))).last.kind).toBe('pass');
    // The last requests of the old version, after a promotion.
    expect(watched(times(5, counts(0, 0, 1))).last.kind).toBe('pass');
    const { last } = watched(times(8, counts(5, 0, 0)));
    expect(last.kind).toBe('fail');
    expect(last.reason).toContain('it is worse than the limit of 1 %');
  });

  it('keeps its evidence through looks without an answer', () => {
    const bad = times(2, counts(5, 0));
    const failed: CountsReading = { kind: 'error', reason: 'refused' };
    const nothing: CountsReading = { kind: 'no-data', reason: 'the counters of the canary do not exist' };
    const { record } = watched([...bad, failed, nothing]);
    expect(record).toMatchObject({ errors: 1, noData: 2, evidence: watched(bad).record.evidence });
  });

  it('counts nothing twice when the next look begins in the past', () => {
    const none = { bad: 0, total: 0 };
    const sofar = (bad: number, total: number): CountsReading => {
      const both = { canary: { bad, total }, stable: { bad, total } };
      return { kind: 'counts', since: both, nextAnchorMs: 0, sinceNext: both };
    };
    const { record } = watched([sofar(3, 100), sofar(3, 100), sofar(4, 150)]);
    expect(record.evidence?.state.canary).toEqual({ bad: 4, total: 150 });
    expect(record.evidence?.sinceAnchor.canary).not.toEqual(none);
  });

  it('asks people when it is sure enough to fail and not to roll back', () => {
    const careful = { ...check, alpha: 0.2, rollbackAlpha: 1e-6 };
    const { record } = watched(times(3, counts(5, 0)), careful);
    expect(firstFailure([record], [careful])).toBeNull();
    expect(firstObstacle([record], [careful])?.check).toBe('success-rate');
    const sure = watched(times(12, counts(5, 0)), careful);
    expect(firstFailure([sure.record], [careful])?.check).toBe('success-rate');
  });

  it('is settled once the canary is surely no worse than enough', () => {
    const { record, last } = watched(times(300, counts(0, 1)));
    expect(last.reason).toContain('surely no worse');
    expect(settled([record], [check])).toBe(true);
  });

  it('leaves a record that is plain JSON, with one copy of the evidence', () => {
    const { record } = watched(times(20, counts(1, 1)));
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    expect(record.last).not.toHaveProperty('evidence');
  });
});
