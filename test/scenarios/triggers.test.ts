/** Automatic triggers besides metrics: health of the canary and of what it needs, alerts, and events from outside. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlertCheck, HealthCheck } from '../../src/domain/analysis/types.ts';
import type { OutsideEvent } from '../../src/domain/rollout/outside-event.ts';
import type { EventAnswer } from '../../src/workflows/events.ts';
import { stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';

const probe = {
  unit: '',
  onNoData: 'hold',
  failure: { consecutive: 2, kOfN: null },
  maxConsecutiveErrors: 4,
  timeoutMs: 500,
} as const;
const app: HealthCheck = {
  ...probe,
  kind: 'health',
  name: 'app',
  probe: 'app',
  scope: 'canary',
  onFail: 'rollback',
};
const database: HealthCheck = { ...app, name: 'database', probe: 'shop-db', scope: 'shared', onFail: 'hold' };
const pages: AlertCheck = {
  ...probe,
  kind: 'alert',
  name: 'pages',
  source: 'pager',
  match: { service: ['{{service}}'], version: ['{{version}}'] },
  onFail: 'rollback',
  failure: { consecutive: 1, kOfN: null },
};

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
beforeEach(() => {
  env.health.set(true);
  env.alerts.set([]);
});
afterAll(() => env?.close());

function start(service: string, checks: readonly (HealthCheck | AlertCheck)[], soakMs = 60_000) {
  const judged = [successCheck, ...checks];
  return env.start({
    service,
    stages: [
      stageFixture({ soakMs, checks: judged }),
      stageFixture({ weightPercent: 50, soakMs: 500, checks: judged }),
    ],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    watchAfterMs: 0,
  });
}

function tell(rollout: TestRollout, event: Partial<OutsideEvent>): Promise<EventAnswer> {
  const args: [unknown] = [{ id: 'e-1', type: 'security', title: 'CVE-2030-1', source: 'scanner', ...event }];
  return rollout.handle.executeUpdate<EventAnswer, [unknown]>('event', { args });
}

describe('health', () => {
  it('of the canary alone takes it back, and the evidence says what the probe saw', async () => {
    // The canary runs in green; stable in blue stays up.
    const rollout = await start('sick', [app]);
    await rollout.phase('soaking');
    env.health.set(({ slot, version }) => slot === 'blue' && version === 'v1');
    const { phase, rollback } = await rollout.ended();
    expect(phase).toBe('rolled-back');
    expect(rollback).toMatchObject({ trigger: 'check', evidence: [{ check: 'app', kind: 'fail' }] });
    expect(rollback?.reason).toContain('app is not healthy: set to be down');
    expect(rollback?.decideMs).toBeGreaterThan(0);
  });

  it('of a database that both versions need holds the stage, and lets it go on when it is back', async () => {
    const rollout = await start('shared', [database]);
    await rollout.phase('soaking');
    env.health.set(false);
    const held = await rollout.phase('holding');
    expect(held.cause).toBeNull();
    expect(held.holdReason).toContain('severity 2: ');
    expect(held.holdReason).toContain('database, which both versions need, is not healthy');
    expect(await rollout.canaryShare()).toBe(10);
    env.health.set(true);
    const { timeline } = await rollout.phase('soaking');
    expect(timeline.map(({ kind }) => kind)).toContain('released');
    await rollout.update('promote', { full: true });
    expect((await rollout.ended()).phase).toBe('promoted');
  });

  it('of the stable version is what a rollback is verified by, where the plan asks for it', async () => {
    const verify = { checks: [app], consecutive: 2, intervalMs: 200, timeoutMs: 30_000 };
    const rollback = {
      timeoutMs: 10_000,
      strategy: 'immediate',
      secondMeans: [],
      proof: 'read',
      verify,
    } as const;
    const rollout = await env.start({ service: 'verified', rollback, watchAfterMs: 0 });
    await rollout.phase('soaking');
    env.health.set(({ slot, version }) => slot !== 'blue' || version !== 'v1');
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    expect(status.rollback?.verification).toMatchObject({ result: 'failed' });
    expect(status.rollback?.verification?.reason).toContain('app is not healthy');
    expect(await rollout.canaryShare()).toBe(0);
  });

  it('does not keep a bad canary while a database is down', async () => {
    const rollout = await start('both', [database]);
    await rollout.phase('soaking');
    env.health.set(false);
    await rollout.phase('holding');
    env.metrics.set(/success/, 50);
    const { rollback } = await rollout.ended();
    env.metrics.set(/success/, 100);
    expect(rollback).toMatchObject({ trigger: 'check' });
    expect(rollback?.reason).toContain('success rate');
  });

  it('promotes nothing while a probe cannot be tried', async () => {
    env.health.set(new Error('the credentials are missing'));
    const rollout = await start('untried', [app], 500);
    const held = await rollout.phase('holding');
    expect(held.holdReason).toContain('the credentials are missing');
    env.health.set(true);
    expect((await rollout.ended()).phase).toBe('promoted');
  });
});

describe('an alert', () => {
  const firing = (version: string) => ({
    name: 'ShopDown',
    labels: { alertname: 'ShopDown', service: 'alerted', version },
    startedAtMs: Date.now(),
  });

  it('about the canary takes it back; one about another version does nothing', async () => {
    const rollout = await start('alerted', [pages]);
    await rollout.phase('soaking');
    env.alerts.set([firing('v1')]);
    await rollout.until('to look again', ({ reports }) => reports.length === 1);
    env.alerts.set([firing('v1'), firing('v2')]);
    const { rollback } = await rollout.ended();
    expect(rollback).toMatchObject({ trigger: 'check', evidence: [{ check: 'pages' }] });
    expect(rollback?.reason).toContain('1 alert fires: ShopDown since');
  });

  it('that nobody can ask for holds, and never passes', async () => {
    env.alerts.set(new Error('connection refused'));
    const rollout = await start('deaf', [pages], 500);
    const held = await rollout.phase('holding');
    expect(held.holdReason).toContain('connection refused');
    await rollout.update('rollback');
    expect((await rollout.ended()).phase).toBe('rolled-back');
  });
});

describe('an event from outside', () => {
  it('of security takes the canary back, and the record says which event it was', async () => {
    const rollout = await start('found', []);
    await rollout.phase('soaking');
    expect(await tell(rollout, { version: 'v2' })).toMatchObject({ action: 'rollback', duplicate: false });
    const { rollback, phase } = await rollout.ended();
    expect(phase).toBe('rolled-back');
    expect(rollback).toMatchObject({
      trigger: 'event',
      actor: 'scanner',
      event: { id: 'e-1', type: 'security', severity: 'critical' },
    });
  });

  it('that is delivered twice, over a restart of the worker, acts once', async () => {
    const rollout = await start('twice', []);
    await rollout.phase('soaking');
    const alert = { id: 'am-1', type: 'alert', title: 'ShopSlow' } as const;
    expect(await tell(rollout, alert)).toMatchObject({ action: 'hold' });
    await rollout.phase('holding');
    await rollout.update('resume');
    await env.stopWorkers();
    await env.startWorkers();
    expect(await tell(rollout, alert)).toMatchObject({ duplicate: true, action: 'note' });
    await rollout.signal('event', { ...alert, source: 'pager' });
    const status = await rollout.status();
    expect(status.phase).toBe('soaking');
    expect(status.timeline.filter(({ kind }) => kind === 'event')).toHaveLength(1);
    await rollout.update('rollback');
    await rollout.ended();
  });

  it('that is left as a signal is heard, and one that is none harms nothing', async () => {
    const rollout = await start('left', []);
    await rollout.phase('soaking');
    await rollout.signal('event', { nonsense: true });
    await rollout.until('to note it', ({ timeline }) =>
      timeline.some(({ kind }) => kind === 'message-malformed'),
    );
    await expect(tell(rollout, { title: '' })).rejects.toThrow();
    await rollout.signal('event', { id: 's-1', type: 'security', title: 'CVE-2030-2' });
    expect((await rollout.ended()).rollback).toMatchObject({ trigger: 'event', event: { id: 's-1' } });
  });
});
