import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WatchProgress } from '../../../src/domain/rollout/status.ts';
import { emptyCarry, type TimelineEntry, type TimelineKind } from '../../../src/domain/rollout/types.ts';
import { WorkerMetrics } from '../../../src/worker/metrics.ts';
import { planFixture } from '../../support/plan.ts';

const plan = planFixture();
const text = async (metrics: WorkerMetrics) => (await metrics.registry.metrics()).split('\n');
const make = () => new WorkerMetrics({ notReady: () => null, receivers: ['chat'] });
const entry = (kind: TimelineKind, atMs: number, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  kind,
  text: '',
  atMs,
  stage: null,
  actor: null,
  ...more,
});

describe('the story of rollouts', () => {
  it('is counted by kind, outcome and trigger, from 0 on', async () => {
    const metrics = make();
    metrics.takeEntry('rollout/a/b', entry('held', 0));
    metrics.takeEntry('rollout/a/b', entry('restore-started', 1_000, { data: { cause: 'check' } }));
    metrics.takeEntry('rollout/a/b', entry('restored', 1_700));
    metrics.takeEntry('rollout/a/b', entry('finished', 2_000, { text: 'rollout ended: rolled-back' }));
    metrics.takeEntry('rollout/a/c', entry('finished', 2_000, { text: 'rollout ended: nobody approved it' }));
    expect(await text(metrics)).toEqual(
      expect.arrayContaining([
        'sluice_rollout_events_total{kind="held"} 1',
        'sluice_rollout_events_total{kind="restore-late"} 0',
        'sluice_rollouts_finished_total{outcome="rolled-back"} 1',
        'sluice_rollouts_finished_total{outcome="refused"} 1',
        'sluice_rollouts_finished_total{outcome="promoted"} 0',
        'sluice_restore_duration_seconds_bucket{le="0.5",trigger="check"} 0',
        'sluice_restore_duration_seconds_bucket{le="1",trigger="check"} 1',
      ]),
    );
  });

  it('knows when another worker has begun a restore that ends here, and counts nothing twice', async () => {
    const metrics = make();
    metrics.recall('rollout/a/b', entry('restore-started', 1_000, { data: { cause: 'stop' } }));
    metrics.takeEntry('rollout/a/b', entry('restored', 9_000));
    const lines = await text(metrics);
    expect(lines).toContain('sluice_restore_duration_seconds_sum{trigger="stop"} 8');
    expect(lines).toContain('sluice_rollout_events_total{kind="restore-started"} 0');
  });

  it('tells no time where the decision is not known', async () => {
    const metrics = make();
    metrics.takeEntry('rollout/a/b', entry('restored', 9_000));
    expect((await text(metrics)).filter((line) => line.startsWith('sluice_restore_duration'))).toEqual([]);
  });
});

it('counts what receivers were told', async () => {
  const metrics = make();
  metrics.takeDelivery('chat', 'failed');
  expect(await text(metrics)).toEqual(
    expect.arrayContaining([
      'sluice_notices_total{notifier="chat",result="delivered"} 0',
      'sluice_notices_total{notifier="chat",result="failed"} 1',
    ]),
  );
});

describe('a watch under way', () => {
  afterEach(() => void vi.useRealTimers());

  const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
  const [check] = plan.stages[0]?.checks ?? [];
  const verdict = {
    check: check?.name ?? '',
    kind: 'pass',
    reason: '',
    canary: 0.5,
    stable: null,
    canarySamples: 10,
    stableSamples: 10,
    atMs: 0,
  } as const;
  const progress: WatchProgress = {
    stage: 0,
    epoch: 1,
    carry: emptyCarry,
    plannedMs: 1,
    verdicts: [verdict],
    askedPercent: 10,
    measuredPercent: null,
    leaseUntilMs: 30_000,
    trouble: null,
    atMs: 0,
  };

  it('shows lease, share, arms and checks, and leaves nothing behind', async () => {
    vi.useFakeTimers({ now: 10_000 });
    const metrics = make();
    const over = metrics.observer.watches({ plan, arms, progress: () => progress });
    metrics.observer.looked('counts', 'pass');
    const target = `environment="${plan.environment}",service="${plan.service}"`;
    expect(await text(metrics)).toEqual(
      expect.arrayContaining([
        `sluice_lease_remaining_seconds{${target}} 20`,
        `sluice_lease_ttl_seconds{${target}} ${plan.lease.ttlMs / 1_000}`,
        `sluice_canary_share_percent{${target},kind="asked"} 10`,
        `sluice_arm_info{${target},arm="canary",version="v2"} 1`,
        `sluice_check_verdict{${target},check="${verdict.check}",verdict="pass"} 1`,
        `sluice_check_value{${target},check="${verdict.check}",unit="${check?.unit}",arm="canary"} 0.5`,
        'sluice_verdicts_total{check_kind="counts",verdict="pass"} 1',
      ]),
    );
    expect((await text(metrics)).filter((line) => line.includes('kind="measured"'))).toEqual([]);
    over();
    expect((await text(metrics)).filter((line) => line.includes(target))).toEqual([]);
  });

  it('has no lease to speak of before the first renewal, nor after promotion', async () => {
    const metrics = make();
    metrics.observer.watches({ plan, arms, progress: () => ({ ...progress, leaseUntilMs: 0 }) });
    expect((await text(metrics)).filter((line) => line.startsWith('sluice_lease'))).toEqual([]);
  });
});
