/** Guards as processes: one of two acts, whoever dies or stands still. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GuardProcess, startGuardProcess } from '../../support/kube/guard-process.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';
import { sharedCluster } from '../../support/kube/shared.ts';

const cluster = sharedCluster();
const poll = { interval: 50 };
/** Long enough that one late renewal on a busy machine does not end it. */
const leaseMs = 5_000;
const renewEveryMs = 1_000;
const targets = { killed: targetNamed('killed'), ended: targetNamed('ended'), frozen: targetNamed('frozen') };

let guarded: Guarded;
let guards: GuardProcess[] = [];
beforeAll(async () => {
  guarded = await guardedTargets(cluster, Object.values(targets));
});
afterAll(async () => {
  await Promise.all(guards.map((guard) => guard.stop('SIGKILL')));
  await guarded?.provider.close();
});

async function startTwo(): Promise<readonly [GuardProcess, GuardProcess]> {
  const first = await startGuardProcess(guarded.settings);
  guards.push(first);
  await expect.poll(() => first.leads(), poll).toBe(true);
  const second = await startGuardProcess(guarded.settings);
  guards.push(second);
  return [first, second];
}

async function endAll(): Promise<void> {
  await Promise.all(guards.map((guard) => guard.stop('SIGKILL')));
  guards = [];
}

describe('two guards', () => {
  it('have one that acts; when it is killed the other takes over, and misses no lapse', async () => {
    const [first, second] = await startTwo();
    expect(await second.leads()).toBe(false);
    await guarded.canary(targets.killed, leaseMs);
    await first.stop('SIGKILL');
    await expect.poll(() => guarded.shareOf(targets.killed), poll).toBe(0);
    await expect.poll(() => second.metric('sluice_guard_restores_total', 'restored'), poll).toBe(1);
    await endAll();
  });

  it('change over at once when the one that acts is told to end', async () => {
    const [first, second] = await startTwo();
    await guarded.canary(targets.ended, 60_000);
    expect(await first.stop('SIGTERM')).toBe(0);
    expect(first.log()).toContain('guard stopped');
    await expect.poll(() => second.leads(), poll).toBe(true);
    await guarded.provider.stop(targets.ended);
    await expect.poll(() => guarded.shareOf(targets.ended), poll).toBe(0);
    await endAll();
  });
});

describe('a guard that stood still over the end of a lease', () => {
  it('does nothing to a canary that was renewed meanwhile', async () => {
    const guard = await startGuardProcess(guarded.settings);
    guards.push(guard);
    await expect.poll(() => guard.leads(), poll).toBe(true);
    const epoch = await guarded.canary(targets.frozen, leaseMs);
    const renew = () => guarded.provider.renew(targets.frozen, epoch, Date.now() + leaseMs);
    const renewing = setInterval(() => void renew().catch(() => {}), renewEveryMs);
    await sleep(renewEveryMs);
    const away = () => guard.metric('sluice_guard_api_away_total');
    const before = await away();
    await guard.freeze();
    await sleep(leaseMs + 2 * renewEveryMs);
    guard.thaw();
    await expect.poll(away, poll).toBe(before + 1);
    await sleep(leaseMs);
    expect(await guarded.shareOf(targets.frozen)).toBe(50);
    expect(await guard.metric('sluice_guard_restores_total', 'restored')).toBe(0);
    clearInterval(renewing);
    await expect.poll(() => guarded.shareOf(targets.frozen), poll).toBe(0);
    expect((await guard.get('/healthz')).status).toBe(200);
    await endAll();
  });
});
