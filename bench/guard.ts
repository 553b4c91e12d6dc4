/**
 * What guarding costs: a guard process over many canaries whose leases are renewed as watches renew them, on a real API
 * server. Then all leases run out at once.
 *
 *   npm run bench -- guard --targets 1000 --seconds 60
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCluster } from '../test/support/kube/cluster.ts';
import { startGuardProcess } from '../test/support/kube/guard-process.ts';
import { guardedTargets, targetsNamed } from '../test/support/kube/guarded.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { printTable, summaryOf } from './support/report.ts';

const { values } = parseArgs({
  options: { targets: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '60' } },
});
const count = Number(values.targets);
const seconds = Number(values.seconds);
const leaseMs = 45_000;
const renewEveryMs = leaseMs / 3;

const cluster = await startCluster({ gatewayApi: 'standard' });
try {
  const guarded = await guardedTargets(cluster);
  const targets = targetsNamed('bench', count);
  const guard = await startGuardProcess(guarded.settings);
  await guarded.plant(targets, leaseMs);
  await waitFor('all canaries', async () => (await guard.metric('sluice_guard_canaries')) === count);

  const renewMs: number[] = [];
  const stopAtMs = performance.now() + seconds * 1_000;
  const cpuBefore = await guard.value('process_cpu_seconds_total');
  const startedMs = performance.now();
  await Promise.all(targets.map((target) => renewing(target.id)));
  const tookS = (performance.now() - startedMs) / 1_000;
  const cpu = (await guard.value('process_cpu_seconds_total')) - cpuBefore;
  const memory = await guard.value('process_resident_memory_bytes');
  printTable('guard: many canaries that are renewed', [
    {
      targets: count,
      'renewals/s': Math.round(renewMs.length / tookS),
      'guard CPU %': Math.round((cpu / tookS) * 1_000) / 10,
      'guard MB': Math.round(memory / 1e6),
      'due by mistake': await guard.metric('sluice_guard_due_total'),
    },
  ]);
  printTable('guard: milliseconds of one renewal', [{ targets: count, ...summaryOf(renewMs) }]);

  const lapsedMs = await lapse();
  printTable('guard: all leases run out at once, milliseconds until the last route is home', [
    { targets: count, 'from the first that was due': Math.round(lapsedMs) },
  ]);
  await guard.stop();
  await guarded.provider.close();

  /** One patch, a third of the time of a lease after the other, beginning anywhere in it. */
  async function renewing(id: string): Promise<void> {
    await sleep(Math.random() * renewEveryMs);
    while (performance.now() < stopAtMs) {
      const beganMs = performance.now();
      await guarded.provider.renew({ id, options: {} }, 1_000, Date.now() + leaseMs);
      renewMs.push(performance.now() - beganMs);
      await sleep(renewEveryMs * (1 - Math.random() / 5));
    }
  }

  async function lapse(): Promise<number> {
    const due = () => guard.metric('sluice_guard_due_total');
    await Promise.all(
      targets.map(({ id }) => guarded.provider.renew({ id, options: {} }, 1_000, Date.now() + 15_000)),
    );
    await waitFor('the first lapse', async () => (await due()) > 0, { timeoutMs: 60_000, everyMs: 20 });
    const beganMs = performance.now();
    const restored = async () => (await guard.metric('sluice_guard_restores_total')) === count;
    await waitFor('all to be home', restored, { timeoutMs: 120_000, everyMs: 50 });
    return performance.now() - beganMs;
  }
} finally {
  await cluster.stop();
}
