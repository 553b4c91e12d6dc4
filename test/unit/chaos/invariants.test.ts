/** A judge that never finds anything proves nothing: each rule is shown a breach, and its nearest lawful neighbour. */
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/demo/load-stats.ts';
import { initialState } from '../../../src/domain/rollout/machine.ts';
import { type RolloutStatus, statusOf } from '../../../src/domain/rollout/status.ts';
import { withNote } from '../../../src/domain/rollout/timeline.ts';
import { type Evidence, violationsOf } from '../../chaos/invariants.ts';
import type { OrderRecord } from '../../chaos/orders.ts';
import type { Outage } from '../../chaos/outages.ts';
import { planFixture } from '../../support/plan.ts';

const endedAtMs = 60_000;

/** A rollout from second 0 to 60 that was rolled back at second 50. */
function statusFixture(changes: Partial<RolloutStatus> = {}): RolloutStatus {
  const state = initialState({ plan: planFixture(), actor: 'test', reason: '', atMs: 0 });
  return {
    ...statusOf(state),
    phase: 'rolled-back',
    outcome: 'rolled-back',
    arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
    restoredAtMs: 50_000,
    endedAtMs,
    ...changes,
  };
}

const promoted = statusFixture({
  phase: 'promoted',
  outcome: 'promoted',
  restoredAtMs: null,
  timeline: [{ atMs: 30_000, kind: 'promoting', text: '', stage: 0, actor: null }],
});

function sent(version: string, ...times: readonly number[]): Sample[] {
  return times.map((sentAtMs) => ({
    version,
    slot: null,
    status: 200,
    sentAtMs,
    endedAtMs: sentAtMs + 10,
    latencyMs: 10,
  }));
}

function afterEnd(version: string): Sample[] {
  return sent(version, ...Array.from({ length: 100 }, (_, index) => endedAtMs + 10 + index * 10));
}

function evidenceFixture(changes: Partial<Evidence> = {}): Evidence {
  const { good = true, ...rest } = { ...changes.schedule };
  return {
    stableVersion: 'v1',
    status: statusFixture(),
    temporalStatus: 'COMPLETED',
    outages: [],
    orders: [],
    samples: afterEnd('v1'),
    counts: [],
    bounds: { leaseTtlMs: 3_000, orphanGraceMs: 3_000, slackMs: 1_000 },
    ...changes,
    schedule: {
      seed: 1,
      run: 1,
      version: 'v2',
      good,
      leaseTtlMs: 3_000,
      faults: [],
      orders: [],
      way: 'immediate',
      ...rest,
    },
  };
}

const rules = (changes: Partial<Evidence>) => violationsOf(evidenceFixture(changes)).map(({ rule }) => rule);
const down = (victim: Outage['victim'], fromMs: number, untilMs: number): Outage => ({
  victim,
  kind: 'kill',
  fromMs,
  untilMs,
});
const deadWorker = [down('worker', 10_000, 20_000)];
const deadTemporal = [down('Temporal', 10_000, 30_000)];

describe('lease', () => {
  it('finds a request that reached the canary later than ttl and a second after the worker died', () => {
    expect(rules({ outages: deadWorker, samples: [...sent('v2', 14_050), ...afterEnd('v1')] })).toEqual([
      'lease',
    ]);
    expect(rules({ outages: deadWorker, samples: [...sent('v2', 13_900), ...afterEnd('v1')] })).toEqual([]);
  });

  it('gives the canary orphanGrace more when Temporal died', () => {
    expect(rules({ outages: deadTemporal, samples: [...sent('v2', 17_050), ...afterEnd('v1')] })).toEqual([
      'lease',
    ]);
    expect(rules({ outages: deadTemporal, samples: [...sent('v2', 16_900), ...afterEnd('v1')] })).toEqual([]);
  });

  it('begins anew when the worker is back', () => {
    expect(rules({ outages: deadWorker, samples: [...sent('v2', 20_100), ...afterEnd('v1')] })).toEqual([]);
  });

  it('adds up a worker and a Temporal that die in turn', () => {
    const outages = [down('Temporal', 10_000, 18_000), down('worker', 12_000, 30_000)];
    expect(rules({ outages, samples: [...sent('v2', 16_050), ...afterEnd('v1')] })).toEqual(['lease']);
  });

  it('asks no lease of a version that may be stable, until its restore is reported', () => {
    const timeline = promoted.timeline;
    const outages = [down('worker', 31_000, 48_000)];
    const samples = [...sent('v2', 40_000), ...afterEnd('v1')];
    expect(rules({ outages, samples, status: statusFixture({ timeline }) })).toEqual([]);
    expect(rules({ outages, samples, status: statusFixture() })).toEqual(['lease']);
  });

  it('believes HAProxy’s counters too, if the whole span was too late', () => {
    const count = (fromMs: number, toMs: number) => ({ fromMs, toMs, requests: { blue: 9, green: 1 } });
    expect(rules({ outages: deadWorker, counts: [count(14_100, 14_300)] })).toEqual(['lease']);
    expect(rules({ outages: deadWorker, counts: [count(13_900, 14_100)] })).toEqual([]);
  });

  it('takes what HAProxy counted late for what was sent in time and ended late, and for no more', () => {
    const counts = [{ fromMs: 15_900, toMs: 16_100, requests: { blue: 9, green: 1 } }];
    const gaveUp = (sentAtMs: number): Sample => ({
      version: null,
      slot: null,
      status: 503,
      sentAtMs,
      endedAtMs: 16_050,
      latencyMs: 16_050 - sentAtMs,
    });
    const judged = (...samples: Sample[]) =>
      rules({ outages: deadWorker, counts, samples: [...samples, ...afterEnd('v1')] });
    expect(judged(gaveUp(13_050))).toEqual([]);
    expect(judged(gaveUp(14_050))).toEqual(['lease']);
    expect(judged()).toEqual(['lease']);
  });
});

describe('the end', () => {
  it('is missed when the rollout still runs, or failed in Temporal', () => {
    expect(
      rules({
        status: statusFixture({ phase: 'holding', outcome: null, restoredAtMs: null, endedAtMs: null }),
        temporalStatus: 'RUNNING',
      }),
    ).toEqual(['ends']);
    expect(rules({ status: null, temporalStatus: 'FAILED' })).toEqual(['ends']);
  });

  it('leaves all traffic at the version that the outcome names', () => {
    expect(rules({ samples: [...afterEnd('v1'), ...sent('v2', endedAtMs + 500)] })).toEqual([
      'restored',
      'share',
    ]);
    expect(rules({ status: promoted, samples: [...afterEnd('v2'), ...sent('v1', endedAtMs + 500)] })).toEqual(
      ['share'],
    );
    expect(rules({ status: promoted, samples: afterEnd('v2') })).toEqual([]);
  });

  it('proves nothing without traffic', () => {
    expect(rules({ samples: [] })).toEqual(['share']);
  });

  it('comes after a restore that was true from its report on', () => {
    expect(rules({ samples: [...sent('v2', 50_001), ...afterEnd('v1')] })).toEqual(['restored']);
    expect(rules({ samples: [...sent('v2', 49_999), ...afterEnd('v1')] })).toEqual([]);
  });
});

describe('commands and verdicts', () => {
  const order = (name: OrderRecord['name'], result: OrderRecord['result']): OrderRecord => ({
    ...{ name, full: false, reason: 'why', askedMs: 1, answeredMs: 2, result, detail: 'by update' },
    ...{ via: result === 'acknowledged' ? 'update' : null, stopped: false },
  });
  const noted = (status: RolloutStatus): RolloutStatus => {
    const state = initialState({ plan: planFixture(), actor: 'test', reason: '', atMs: 0 });
    const { timeline } = withNote(state, { kind: 'command', text: '', data: { reason: 'why' } }, 1);
    return { ...status, timeline };
  };

  it('finds an acknowledged command that left no trace, and minds no other', () => {
    expect(rules({ orders: [order('pause', 'acknowledged')] })).toEqual(['acknowledged']);
    expect(rules({ orders: [order('pause', 'unheard')] })).toEqual([]);
    expect(rules({ orders: [order('pause', 'acknowledged')], status: noted(statusFixture()) })).toEqual([]);
  });

  it('finds an acknowledged rollback that ended promoted', () => {
    const orders = [order('rollback', 'acknowledged')];
    expect(rules({ orders, status: noted(promoted), samples: afterEnd('v2') })).toEqual(['acknowledged']);
    expect(rules({ orders, status: noted(statusFixture()) })).toEqual([]);
  });

  it('asks no trace of a rollback that only the data plane could be told, but the right end', () => {
    const orders = [{ ...order('rollback', 'acknowledged'), via: 'stop' as const, stopped: true }];
    expect(rules({ orders })).toEqual([]);
    expect(rules({ orders, status: promoted, samples: afterEnd('v2') })).toEqual(['acknowledged']);
  });

  it('finds a request that reached the canary after its stop was reported', () => {
    const orders = [{ ...order('rollback', 'acknowledged'), stopped: true, answeredMs: 20_000 }];
    const status = noted(statusFixture());
    expect(rules({ orders, status, samples: [...sent('v2', 20_001), ...afterEnd('v1')] })).toEqual([
      'express',
    ]);
    expect(rules({ orders, status, samples: [...sent('v2', 19_999), ...afterEnd('v1')] })).toEqual([]);
  });

  it('finds a bad version that was promoted, unless a person did it', () => {
    const report = {
      name: '50%',
      weightPercent: 50,
      startedAtMs: 0,
      endedAtMs: 1,
      plannedMs: 1,
      checks: [],
      canaryRequests: null,
    };
    const schedule = { ...evidenceFixture().schedule, good: false };
    const samples = afterEnd('v2');
    const soaked = { ...promoted, reports: [{ ...report, ending: 'soaked' as const }] };
    const byHand = { ...promoted, reports: [{ ...report, ending: 'promoted-by-hand' as const }] };
    expect(rules({ schedule, samples, status: soaked })).toEqual(['bad-promoted']);
    expect(rules({ schedule, samples, status: byHand })).toEqual([]);
    expect(rules({ samples, status: soaked })).toEqual([]);
  });

  it('finds a rollout that failed though nobody harmed it', () => {
    const cause = { kind: 'failure', reason: 'the port is taken', actor: null, atMs: 30_000 } as const;
    const status = { ...statusFixture(), cause };
    const faults = [{ atMs: 0, victim: 'worker', kind: 'kill', forMs: 1 } as const];
    const { schedule } = evidenceFixture();
    expect(rules({ status })).toEqual(['unharmed']);
    expect(rules({ status, schedule: { ...schedule, faults } })).toEqual([]);
  });
});
