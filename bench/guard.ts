/**
 * What guarding costs, and what it is worth: a guard process over many canaries whose leases are renewed as watches
 * renew them, on a real API server. Then some leases run out at once. Then the API server goes away, while others run
 * out.
 *
 *   npm run bench -- guard --targets 1000 --seconds 60 --lapse 300 --outage 60
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCluster } from '../test/support/kube/cluster.ts';
import { startGuardProcess } from '../test/support/kube/guard-process.ts';
import { firstEpoch, guardedTargets, targetNamed } from '../test/support/kube/guarded.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { Crowd } from './support/crowd.ts';
import { parts } from './support/parts.ts';
import { printTable, summaryOf } from './support/report.ts';
import { RouteSight } from './support/route-sight.ts';

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    lapse: { type: 'string', default: '300' },
    outage: { type: 'string', default: '60' },
  },
});
const count = Number(values.targets);
const lapsing = Number(values.lapse);
const outageS = Number(values.outage);
const leaseMs = 45_000;
const shortMs = 15_000;
/** So many leases run out while the API server is away. */
const orphans = Math.min(20, Math.max(0, count - lapsing));

const cluster = await parts.keep(startCluster({ gatewayApi: 'standard' }));
try {
  const guarded = await guardedTargets(cluster);
  const names = Array.from({ length: count }, (_, number) => `bench-${number}`);
  const guard = await parts.keep(startGuardProcess(guarded.settings));
  await guarded.plant(names.map(targetNamed), leaseMs);
  await waitFor('all canaries', async () => (await guard.metric('sluice_guard_canaries')) === count);
  const sight = new RouteSight(guarded.settings);
  const crowd = new Crowd(guarded.provider, firstEpoch);
  crowd.renew(names, leaseMs);

  await watched();
  const dead = names.slice(0, lapsing);
  if (lapsing > 0) await lapsed(dead);
  const lost = names.slice(lapsing, lapsing + orphans);
  const before = crowd.withoutFor(leaseMs);
  if (outageS > 0) await cutOff(lost);
  const alive = names.slice(lapsing + (outageS > 0 ? orphans : 0));
  const unrenewed = new Set([...before, ...crowd.withoutFor(leaseMs)].filter((name) => alive.includes(name)));
  const restored = alive.filter((name) => sight.shareOf(name) !== 50);
  printTable('guard: the others in the end', [
    {
      others: alive.length,
      'have their share': alive.length - restored.length,
      'could not be renewed in time': unrenewed.size,
      'restored without need': restored.filter((name) => !unrenewed.has(name)).length,
    },
  ]);

  crowd.stop();
  sight.close();
  await guard.stop();
  await guarded.provider.close();

  async function watched(): Promise<void> {
    const cpuS = () => guard.value('process_cpu_seconds_total');
    const [cpuBefore, startedMs] = [await cpuS(), performance.now()];
    await sleep(Number(values.seconds) * 1_000);
    const tookS = (performance.now() - startedMs) / 1_000;
    const cpu = (await cpuS()) - cpuBefore;
    const memory = await guard.value('process_resident_memory_bytes');
    printTable('guard: many canaries that are renewed', [
      {
        targets: count,
        'renewals/s': Math.round(crowd.renewMs.length / tookS),
        'not in time': crowd.failed,
        'guard CPU %': Math.round((cpu / tookS) * 1_000) / 10,
        'guard MB': Math.round(memory / 1e6),
        'due by mistake': await guard.metric('sluice_guard_due_total'),
      },
    ]);
    printTable('guard: milliseconds of one renewal', [{ targets: count, ...summaryOf(crowd.renewMs) }]);
  }

  async function lapsed(ids: readonly string[]): Promise<void> {
    const home = homeOf(ids);
    const ends = await crowd.leave(ids, shortMs);
    const lateMs = [...(await home)].map(([id, atMs]) => atMs - (ends.get(id) ?? Number.NaN));
    printTable('guard: leases run out at once, milliseconds from their end until the route is home', [
      { lapsed: ids.length, of: count, ...summaryOf(lateMs) },
    ]);
  }

  /** Nobody can renew meanwhile, and for the orphans nobody does afterwards. */
  async function cutOff(ids: readonly string[]): Promise<void> {
    await crowd.leave(ids, shortMs);
    await cluster.killApi();
    await sleep(outageS * 1_000);
    const home = homeOf(ids);
    await cluster.restartApi();
    const backMs = performance.now();
    crowd.beginAnew();
    const lateMs = [...(await home).values()].map((atMs) => atMs - backMs);
    // Those that are renewed have been without for a while, and would be over by now if that counted.
    await sleep(shortMs);
    printTable(`guard: API server away for ${outageS} s, milliseconds from its return`, [
      { orphans: ids.length, lease: shortMs, ...summaryOf(lateMs) },
    ]);
  }

  /** When each route was seen home, in `performance.now()`. */
  async function homeOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const seen = await sight.firstSeen(new Set(ids.map((id) => `bench/${id}`)));
    return new Map([...seen].map(([target, atMs]) => [target.slice('bench/'.length), atMs]));
  }
} finally {
  await cluster.stop();
}
