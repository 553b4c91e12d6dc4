import { expect, it } from 'vitest';
import { GuardMetrics } from '../../../src/guard/metrics.ts';

it('has its counters at 0 before anything happens, so that an alert sees the first lapse', async () => {
  const metrics = new GuardMetrics(() => []);
  const post = { cluster: 'eu', namespace: 'sluice' };
  metrics.begin(post);
  const before = await metrics.registry.metrics();
  for (const why of ['lapsed', 'stopped', 'deleted']) {
    expect(before).toContain(`sluice_guard_due_total{cluster="eu",namespace="sluice",why="${why}"} 0`);
  }
  expect(before).toContain('sluice_guard_failures_total{cluster="eu",namespace="sluice"} 0');
  expect(before).toContain('sluice_guard_api_away_total{cluster="eu",namespace="sluice"} 0');
  metrics.take(post, { kind: 'due', target: 'prod/shop', why: 'lapsed' });
  expect(await metrics.registry.metrics()).toContain('why="lapsed"} 1');
});
