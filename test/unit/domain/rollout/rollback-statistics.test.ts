import { describe, expect, it } from 'vitest';
import type { RollbackRecord } from '../../../../src/domain/rollout/rollback-record.ts';
import { rollbackStatisticsOf } from '../../../../src/domain/rollout/rollback-statistics.ts';
import { rollbackFixture } from '../../../support/rollback.ts';

/** Decided at 100 s; times are given from there. */
function rollback(restoreMs: number | null, decideMs: number | null, more: Partial<RollbackRecord> = {}) {
  return rollbackFixture({
    decidedAtMs: 100_000,
    firstBadAtMs: decideMs === null ? null : 100_000 - decideMs,
    decideMs,
    restoreMs,
    restoredAtMs: restoreMs === null ? null : 100_000 + restoreMs,
    ...more,
  });
}

const late = { kind: 'restore-late', text: 'severity 1', atMs: 110_000, afterMs: 10_000 } as const;

describe('statistics of rollbacks', () => {
  it('of none claim nothing', () => {
    expect(rollbackStatisticsOf([], 10)).toEqual({
      count: 0,
      withoutTraffic: 0,
      byTrigger: {},
      inTime: 0,
      late: 0,
      pending: 0,
      success: null,
      decide: { n: 0, p50: null, p95: null },
      restore: { n: 0, p50: null, p95: null },
      mttdMs: null,
      mttrMs: null,
      canaryRequests: null,
      requestsKnownOf: 0,
      estimatedUsers: null,
    });
  });

  it('count what caused them, the most frequent first', () => {
    const triggers = ['command', 'check', 'lapse', 'check'] as const;
    const { count, byTrigger } = rollbackStatisticsOf(
      triggers.map((trigger) => rollback(10, null, { trigger })),
      null,
    );
    expect(count).toBe(4);
    expect(Object.entries(byTrigger)).toEqual([
      ['check', 2],
      ['command', 1],
      ['lapse', 1],
    ]);
  });

  it('call it success when 0 was read within the time, however it ended, and wait for those under way', () => {
    const records = [
      rollback(10, null),
      rollback(20, null),
      rollback(30, null),
      rollback(12_000, null, { actions: [late] }),
      rollback(null, null, { actions: [late] }),
      rollback(null, null),
    ];
    expect(rollbackStatisticsOf(records, null)).toMatchObject({
      inTime: 3,
      late: 2,
      pending: 1,
      success: 0.6,
    });
    expect(rollbackStatisticsOf([rollback(null, null)], null).success).toBeNull();
  });

  it('leave out those whose canary never had traffic, unless the way back was late', () => {
    const never = { exposedMs: null, stableVersion: null, trigger: 'failure' } as const;
    const records = [rollback(10, null), rollback(74, null, never), rollback(null, null, never)];
    const late12s = rollback(12_000, null, { ...never, actions: [late] });
    expect(rollbackStatisticsOf([...records, late12s], null)).toMatchObject({
      ...{ count: 3, withoutTraffic: 1, byTrigger: { command: 1, failure: 2 } },
      ...{ inTime: 1, pending: 1, late: 1, restore: { n: 2 } },
    });
  });

  it('count one that was taken back during its first shift, whose share may have reached users unread', () => {
    const unread = { exposedMs: null, stableVersion: 'v1' } as const;
    const shifting = rollback(74, null, { ...unread, trigger: 'command' });
    const refused = rollback(20, null, { ...unread, trigger: 'gate' });
    expect(rollbackStatisticsOf([shifting, refused], null)).toMatchObject({
      ...{ count: 1, withoutTraffic: 1, byTrigger: { command: 1 } },
    });
  });

  it('give percentiles that were measured, of those where there was something to measure', () => {
    const records = Array.from({ length: 40 }, (_, index) =>
      rollback((40 - index) * 10, index < 2 ? 5_000 : null),
    );
    const { restore, decide } = rollbackStatisticsOf(records, null);
    expect(restore).toEqual({ n: 40, p50: 200, p95: 380 });
    expect(decide).toEqual({ n: 2, p50: 5_000, p95: 5_000 });
  });

  it('mean by MTTD the time to the decision, and by MTTR that to safety, both of those that had a bad look', () => {
    const records = [rollback(100, 4_000), rollback(300, 2_000), rollback(50, null), rollback(null, null)];
    expect(rollbackStatisticsOf(records, null)).toMatchObject({
      mttdMs: 3_000,
      mttrMs: (4_100 + 2_300) / 2,
    });
  });

  it('add up what the canaries served, and estimate users only when told how many requests one makes', () => {
    const records = [
      rollback(10, null, { canaryRequests: 101 }),
      rollback(10, null, { canaryRequests: null }),
      rollback(10, null, { canaryRequests: 0 }),
    ];
    const known = { canaryRequests: 101, requestsKnownOf: 2 };
    expect(rollbackStatisticsOf(records, 10)).toMatchObject({ ...known, estimatedUsers: 11 });
    expect(rollbackStatisticsOf(records, null)).toMatchObject({ ...known, estimatedUsers: null });
  });
});
