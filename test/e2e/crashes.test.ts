/**
 * Real processes, real traffic, and `kill -9`: what users meet when a part of Sluice dies in the middle of a rollout.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/program.ts';
import { freePortBase } from '../support/free-ports.ts';
import { Parts } from '../support/parts.ts';
import { fakeIo } from '../unit/cli/fakes.ts';

const leaseTtlMs = 10_000;

let parts: Parts;
let released = 0;
beforeAll(async () => {
  parts = await Parts.start(await freePortBase());
}, 240_000);
afterAll(() => parts?.stop());

/** A version that nobody has met before. */
const nextVersion = () => `v2.${++released}`;
const soakOf = (soak: string) => (plan: string) =>
  plan.replaceAll('soak: 20s', `soak: ${soak}`).replaceAll('warmUp: 3s', 'warmUp: 1s');
/** So that a slow machine does not come to the end of the stage before the test does. */
const long = soakOf('5m');

async function soaking(version: string): Promise<void> {
  await parts.until(
    `${version} to soak under traffic`,
    ({ status, live }) =>
      status?.version === version && status.phase === 'soaking' && (live?.measuredPercent ?? 0) > 0,
  );
}

afterEach(async () => {
  const { temporalStatus } = await parts.until('a rollout', () => true);
  if (temporalStatus !== 'RUNNING') return;
  // One that comes to its end meanwhile refuses; that it does not end would be told below.
  await parts.command('rollback', { actor: 'test', reason: 'the test is over' }).catch(() => {});
  await parts.until('the rollout to end', (seen) => seen.temporalStatus !== 'RUNNING');
});

describe('kill -9', () => {
  it('of the worker in a soak: another worker carries on, and the soak is not restarted', async () => {
    const version = nextVersion();
    // A worker that is slow to start, on a busy machine, must still be there before the lease is over.
    await parts.ship(version, (plan) => plan.replace('ttl: 10s', 'ttl: 30s'));
    const before = await parts.until('half of the soak', ({ live }) => (live?.carry.watchedMs ?? 0) > 10_000);
    const watchedBefore = before.live?.carry.watchedMs ?? 0;
    await parts.kill('worker');
    await parts.run('worker');
    const after = await parts.until(
      'a new watch',
      ({ live }) => (live?.epoch ?? 0) > (before.live?.epoch ?? 0),
    );
    // The last heartbeat before the crash was at most a pulse and the throttle old.
    expect(after.live?.carry.watchedMs).toBeGreaterThanOrEqual(watchedBefore - 3_500);
    // What it has watched already counts towards an end that has not moved.
    expect(after.live?.plannedMs).toBe(before.live?.plannedMs);
    const passed = await parts.until('the next stage', ({ status }) => (status?.stage ?? 0) > 0);
    expect(passed.status?.reports[0]?.ending).toBe('soaked');
  }, 240_000);

  it('of HAProxy: it comes back with all traffic on stable, and drift brings the share back', async () => {
    const version = nextVersion();
    // Nor must the lease run out while the worker is frozen: a rollout that goes back for that proves nothing here.
    await parts.ship(version, (plan) => long(plan).replace('ttl: 10s', 'ttl: 60s'));
    await soaking(version);
    // With nobody to put the share back, what HAProxy does by itself can be seen.
    await parts.freeze('worker');
    await parts.kill('HAProxy');
    await parts.run('HAProxy');
    const met = (await parts.met(version))?.requests ?? 0;
    await pause(2_000);
    expect((await parts.met(version))?.requests).toBe(met);
    parts.thaw('worker');
    await expect.poll(async () => (await parts.met(version))?.requests ?? 0).toBeGreaterThan(met);
    expect((await parts.account()).phase).toBe('soaking');
  });

  it('of Prometheus in a soak: earlier passes do not carry the stage, it is held, and goes on when data is back', async () => {
    const version = nextVersion();
    await parts.ship(version, soakOf('14s'));
    await parts.until('a first pass', ({ live }) => (live?.carry.checks[0]?.passes ?? 0) > 0);
    await parts.kill('Prometheus');
    const held = await parts.until(
      'the rollout to be held and watched',
      ({ status, live }) => status?.phase === 'holding' && (live?.carry.checks[0]?.errors ?? 0) > 0,
    );
    // A few errors leave the last pass standing, so a stage that was nearly over may still end well; no other does.
    const stage = held.status?.stage ?? 0;
    expect(stage).toBeLessThanOrEqual(1);
    for (const record of held.live?.carry.checks ?? []) expect(record.errors).toBeGreaterThan(0);
    await parts.run('Prometheus');
    await parts.until('the next stage', ({ status }) => (status?.stage ?? 0) > stage);
  }, 300_000);

  it('of worker and Temporal together: no request reaches the canary after leaseTtl + 1 s', async () => {
    const version = nextVersion();
    await parts.ship(version, long);
    await soaking(version);
    await parts.kill('worker', 'Temporal');
    const killedAtMs = Date.now();
    await pause(leaseTtlMs + 4_000);
    const met = await parts.met(version);
    const late = (met?.recentSentAtMs ?? []).filter((sentAtMs) => sentAtMs > killedAtMs + leaseTtlMs + 1_000);
    expect(met?.requests).toBeGreaterThan(0);
    expect(late).toEqual([]);

    await parts.run('Temporal');
    await parts.run('worker');
    const ended = await parts.until('the rollout to end', ({ status }) => status?.outcome != null);
    expect(ended.status).toMatchObject({ outcome: 'rolled-back', cause: { kind: 'lapse' } });
    expect((await parts.met(version))?.requests).toBe(met?.requests);
  }, 300_000);

  it('of everything but the data plane and its users, by terminating the workflow: the canary is stopped', async () => {
    const version = nextVersion();
    await parts.ship(version, long);
    await soaking(version);
    await parts.temporal('workflow', 'terminate', '-w', 'rollout/demo/shop', '--reason', 'test');
    const terminatedAtMs = Date.now();
    await pause(leaseTtlMs + 2_000);
    const met = await parts.met(version);
    expect((met?.recentSentAtMs ?? []).filter((sentAtMs) => sentAtMs > terminatedAtMs + leaseTtlMs)).toEqual(
      [],
    );
  });
});

describe('a worker that hangs', () => {
  it('is told by the doctor, though Temporal knows only that it has polled', async () => {
    const doctor = async () => {
      const io = fakeIo();
      await main(['doctor', '--api', parts.apiUrl], io);
      return io.printed.out;
    };
    const version = nextVersion();
    await parts.ship(version, (plan) => long(plan).replace('ttl: 10s', 'ttl: 60s'));
    await soaking(version);
    await expect.poll(doctor).toMatch(/^ok +worker .*answers for demo\/shop$/m);
    await parts.freeze('worker');
    expect(await doctor()).toMatch(/^wrong +worker +a worker polled .*none answers for demo\/shop$/m);
    parts.thaw('worker');
    await expect.poll(doctor).toMatch(/^ok +worker .*answers for demo\/shop$/m);
  });
});

describe('Temporal’s own CLI', () => {
  it('steers a rollout by signals as the docs show, and a malformed payload harms nothing', async () => {
    const version = nextVersion();
    const signal = (name: string, input: string) =>
      parts.temporal('workflow', 'signal', '-w', 'rollout/demo/shop', '--name', name, '--input', input);
    await parts.ship(version, long);
    await soaking(version);
    await signal('rollback', '"just a text"');
    await signal('rollback', '{"reason": 42}');
    await parts.until(
      'both to be noted',
      ({ status }) => status?.timeline.filter(({ kind }) => kind === 'message-malformed').length === 2,
    );
    await signal('pause', '{"reason":"lunch"}');
    await parts.until('the pause', ({ status }) => status?.paused === true);
    await signal('resume', '{}');
    await parts.until('the end of the pause', ({ status }) => status?.paused === false);
    await signal('promote', '{"reason":"looks good"}');
    await parts.until('the next stage', ({ status }) => status?.stage === 1 && status.phase === 'soaking');
    await signal('rollback', '{"reason":"users complain"}');
    const ended = await parts.until('the end', ({ status }) => status?.outcome != null);
    expect(ended.status).toMatchObject({
      outcome: 'rolled-back',
      cause: { kind: 'command', reason: 'users complain' },
    });
  });

  it('asks and answers by query and update, and is told why an update is refused', async () => {
    const version = nextVersion();
    await parts.ship(version, long);
    await soaking(version);
    const workflow = ['-w', 'rollout/demo/shop'];
    expect(await parts.temporal('workflow', 'query', ...workflow, '--name', 'status')).toContain(version);
    await expect(
      parts.temporal('workflow', 'update', 'execute', ...workflow, '--name', 'approve', '--input', '{}'),
    ).rejects.toThrow(/no approval is being asked for/);
    await parts.temporal('workflow', 'cancel', ...workflow);
    const ended = await parts.until('the end', ({ status }) => status?.outcome != null);
    expect(ended.status).toMatchObject({ outcome: 'rolled-back', cause: { kind: 'cancel' } });
  });
});
