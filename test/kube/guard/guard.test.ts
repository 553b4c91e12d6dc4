/** What a guard does for routes whose Leases are stopped, deleted or run out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaseName } from '../../../src/providers/traffic/kube/lease-state.ts';
import type { TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { type RunningGuard, startGuard } from '../../support/kube/guard.ts';
import { type Guarded, guardedTargets, targetNamed, targetsNamed } from '../../support/kube/guarded.ts';
import { sharedCluster } from '../../support/kube/shared.ts';

const cluster = sharedCluster();
const poll = { interval: 50 };
const long = 60_000;
const short = 3_000;
const targets = {
  stop: targetNamed('stop'),
  stopAll: targetNamed('stop-all'),
  lapse: targetNamed('lapse'),
  live: targetNamed('live'),
  deleted: targetNamed('deleted'),
  gone: targetNamed('gone'),
  unknown: targetNamed('unknown'),
  raised: targetNamed('raised'),
  restart: targetNamed('restart'),
  halfRestored: targetNamed('half-restored'),
  halfMoved: targetNamed('half-moved'),
  left: targetNamed('left'),
  renamed: targetNamed('renamed'),
};

let guarded: Guarded;
let guard: RunningGuard;
beforeAll(async () => {
  guarded = await guardedTargets(cluster, Object.values(targets));
  guard = startGuard(guarded.settings);
  await guard.leads();
});
afterAll(async () => {
  await guard?.stop();
  await guarded?.provider.close();
});

const home = (target: TrafficTarget) => expect.poll(() => guarded.shareOf(target), poll).toBe(0);
const reportsOf = ({ id }: TrafficTarget) =>
  guard.reports.filter((one) => 'target' in one && one.target === id).map(({ kind }) => kind);

describe('a guard', () => {
  it('brings a route home at once when its target is stopped, and says so on the route', async () => {
    await guarded.canary(targets.stop, long);
    expect(await guarded.shareOf(targets.stop)).toBe(50);
    await guarded.provider.stop(targets.stop);
    await home(targets.stop);
    await expect.poll(() => reportsOf(targets.stop), poll).toEqual(['due', 'restored']);
    expect(await guarded.provider.read(targets.stop)).toMatchObject({ stopped: true });
  });

  it('brings all routes home when everything is stopped, and lets none up before that is released', async () => {
    const epoch = await guarded.canary(targets.stopAll, long);
    await guarded.provider.stopAll('test');
    await home(targets.stopAll);
    await guarded.provider.renew(targets.stopAll, epoch, Date.now() + long);
    expect(await guarded.shareOf(targets.stopAll)).toBe(0);
    await guarded.provider.release('test');
    const renewed = async () => {
      await guarded.provider.renew(targets.stopAll, epoch, Date.now() + long);
      return await guarded.shareOf(targets.stopAll);
    };
    // Before the guard has heard of the release it takes down once more what is up.
    await expect.poll(renewed, poll).toBe(50);
    await guarded.provider.stop(targets.stopAll);
  });

  it('brings a route home when its lease was not renewed for as long as it lives, and not before', async () => {
    // Long enough that one late renewal on a busy machine does not end it.
    const renewedFor = 3 * short;
    const epoch = await guarded.canary(targets.live, renewedFor);
    const bornMs = Date.now();
    await guarded.canary(targets.lapse, short);
    const renewing = setInterval(() => {
      // The guard's own hand may be in the way of one.
      void guarded.provider.renew(targets.live, epoch, Date.now() + renewedFor).catch(() => {});
    }, short / 3);
    await expect.poll(() => reportsOf(targets.lapse), poll).toEqual(['due', 'restored']);
    expect(Date.now() - bornMs).toBeGreaterThanOrEqual(short);
    expect(await guarded.shareOf(targets.lapse)).toBe(0);
    expect(await guarded.shareOf(targets.live)).toBe(50);
    clearInterval(renewing);
    await home(targets.live);
    await expect.poll(() => reportsOf(targets.live), poll).toEqual(['due', 'restored']);
  });

  it.each([
    ['restore', targets.halfRestored, { stop: '2026-01-01T00:00:00.000Z' }, 0],
    ['promotion', targets.halfMoved, { stableSlot: 'green' as const }, 100],
  ])('ends a %s of which only the Lease was written', async (_what, target, change, share) => {
    await guarded.canary(target, long);
    await guarded.writeLease(target, { weightPercent: 0, forMs: 0, renewedAtMs: 0, ...change });
    await expect.poll(() => guarded.shareOf(target), poll).toBe(share);
    await expect.poll(() => reportsOf(target), poll).toEqual(['restored']);
  });

  it('does not touch a route that was left, whatever its Lease still says', async () => {
    const epoch = await guarded.canary(targets.left, long);
    await guarded.provider.restore(targets.left, epoch);
    await guarded.provider.leave?.(targets.left, epoch);
    const read = () => cluster.kubectl(['get', 'httproute', '-n', guarded.namespace, 'left', '-o', 'yaml']);
    const before = await read();
    await guarded.writeLease(targets.left, { stop: '2026-02-02T00:00:00.000Z' });
    await guarded.provider.stop(targets.left);
    await sleep(1_500);
    expect(await read()).toBe(before);
    expect(before).not.toContain('sluice');
    expect(reportsOf(targets.left)).toEqual([]);
  });

  it('brings a route home on which somebody has written the name of another owner', async () => {
    await guarded.canary(targets.renamed, short);
    const owner = 'sluice.dev/target=prod/other';
    await cluster.kubectl(['annotate', '-n', guarded.namespace, 'httproute/renamed', owner, '--overwrite']);
    await home(targets.renamed);
    await expect.poll(() => reportsOf(targets.renamed), poll).toEqual(['due', 'restored']);
  });

  it('takes the deletion of a Lease under a canary for a stop', async () => {
    await guarded.canary(targets.deleted, long);
    const name = leaseName(targets.deleted.id);
    await cluster.kubectl(['delete', 'lease', '-n', guarded.namespace, name]);
    await home(targets.deleted);
    await expect
      .poll(() => guarded.provider.read(targets.deleted), poll)
      .toMatchObject({ stopped: true, epoch: 1_000 });
  });

  it('says once that a route is gone, and lets it be', async () => {
    await guarded.canary(targets.gone, long);
    await cluster.kubectl(['delete', 'httproute', '-n', guarded.namespace, 'gone']);
    await guarded.provider.stop(targets.gone);
    await expect.poll(() => reportsOf(targets.gone), poll).toEqual(['due', 'nothing']);
    await sleep(1_500);
    expect(reportsOf(targets.gone)).toEqual(['due', 'nothing']);
  });

  it('says which kind of route it does not know, and asks ever more rarely', async () => {
    await guarded.canary(targets.unknown, long);
    const route = { type: 'carrier-pigeon', service: 'unknown', namespace: guarded.namespace, options: {} };
    const note = `sluice.dev/route=${JSON.stringify(route)}`;
    const name = leaseName(targets.unknown.id);
    await cluster.kubectl(['annotate', 'lease', '-n', guarded.namespace, name, '--overwrite', note]);
    await guarded.provider.stop(targets.unknown);
    const failures = () => guard.of('failed').filter(({ target }) => target === targets.unknown.id);
    await expect.poll(() => failures().length, poll).toBeGreaterThan(1);
    const [first, second] = failures();
    expect(first?.problem).toMatch(/routes of type carrier-pigeon/);
    expect(second?.nextInMs).toBeGreaterThan(first?.nextInMs ?? 0);
  });

  it('takes down what somebody raises after it was brought home, three times and no more', async () => {
    await guarded.canary(targets.raised, long);
    await guarded.provider.stop(targets.raised);
    await home(targets.raised);
    for (let times = 1; times <= 3; times++) {
      await guarded.meddle(targets.raised, 50);
      await home(targets.raised);
    }
    await guarded.meddle(targets.raised, 50);
    await sleep(1_500);
    expect(await guarded.shareOf(targets.raised)).toBe(50);
  });

  it('finds, when it is started again, what lapsed while none ran', async () => {
    await guarded.canary(targets.restart, short);
    await guard.stop();
    await sleep(short);
    expect(await guarded.shareOf(targets.restart)).toBe(50);
    guard = startGuard(guarded.settings);
    await home(targets.restart);
    await expect.poll(() => reportsOf(targets.restart), poll).toEqual(['due', 'restored']);
  });
});

describe('people with kubectl', () => {
  it('see holder, age and target of each Lease', async () => {
    const args = ['get', 'lease', '-n', guarded.namespace, '-l', 'sluice.dev/target=test.stop'];
    expect(await cluster.kubectl(args)).toMatch(/NAME +HOLDER +AGE\nsluice-test-s-stop +epoch-1000 +\d+/);
    const labels = ['-o', 'jsonpath={.items[0].metadata.labels}'];
    expect(JSON.parse(await cluster.kubectl([...args, ...labels]))).toEqual({
      'app.kubernetes.io/managed-by': 'sluice',
      'sluice.dev/target': 'test.stop',
    });
  });

  it('see on the route what happened to it, each thing once', async () => {
    const about = ['--for', 'httproute/stop', '-o', 'jsonpath={.items[*].reason}'];
    await expect
      .poll(async () => {
        const reasons = await cluster.kubectl(['events', '-n', guarded.namespace, ...about]);
        return reasons.split(' ').toSorted();
      }, poll)
      .toEqual(['CanaryShifted', 'CanaryStopped']);
    const described = () => cluster.kubectl(['describe', 'httproute', '-n', guarded.namespace, 'raised']);
    // Brought home, taken down three times, and once more by the guard that was started again.
    await expect.poll(described, poll).toMatch(/Warning +CanaryStopped.*x5/);
  });
});

describe('a storm of lapses', () => {
  it('of 300 leases at once leaves no canary up', async () => {
    const storm = targetsNamed('storm', 300);
    const leaseMs = 15_000;
    await guarded.plant(storm, leaseMs);
    await expect.poll(() => guard.state().canaries, poll).toBeGreaterThanOrEqual(300);
    const due = () => guard.of('due').filter(({ target }) => target.startsWith('test/storm-'));
    await expect.poll(() => due().length, poll).toBeGreaterThan(0);
    const begunMs = Date.now();
    const raised = async () => {
      const shares = await guarded.shares();
      return storm.filter(({ id }) => shares.get(id) !== 0).length;
    };
    await expect.poll(raised, { interval: 250 }).toBe(0);
    process.stdout.write(`storm of 300 lapses: ${Date.now() - begunMs} ms\n`);
  });
});
