/**
 * How long a rollback takes: from sending the command until HAProxy, read back, gives the canary nothing.
 * Real Temporal server, real worker process, real HAProxy; other rollouts run meanwhile.
 *
 *   npm run bench -- restore --others 1,100 --count 200 --by update
 */
import { parseArgs } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { workflowIdOf } from '../src/domain/plan/types.ts';
import { type RolloutInput, taskQueues, workflowType } from '../src/domain/rollout/names.ts';
import type { RolloutStatus } from '../src/domain/rollout/status.ts';
import { haproxy as haproxyType } from '../src/providers/traffic/haproxy.ts';
import { effectivePercent } from '../src/providers/traffic/types.ts';
import { locateTools } from '../src/stack/tools.ts';
import { registerSearchAttributes } from '../src/worker/attributes.ts';
import { startHaproxy } from '../test/support/haproxy.ts';
import { planFixture, stageFixture } from '../test/support/plan.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { printTable, summaryOf } from './support/report.ts';
import { startWorkerProcess } from './support/worker-process.ts';

const { values } = parseArgs({
  options: {
    others: { type: 'string', default: '1,100' },
    count: { type: 'string', default: '200' },
    by: { type: 'string', default: 'update' },
  },
});
const others = values.others.split(',').map(Number);
const count = Number(values.count);
/** Subjects are started in batches, so that starting them is no load while one is measured. */
const batch = 20;

const targets = [
  ...Array.from({ length: Math.max(...others) }, (_, number) => `bench/other-${number}`),
  ...Array.from({ length: batch }, (_, number) => `bench/subject-${number}`),
];
const haproxy = await startHaproxy({ targets });
const temporal = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'existing-path', path: locateTools().temporal } },
});
await registerSearchAttributes(temporal.connection, 'default');
const connection = { socket: haproxy.socket, mapsDir: haproxy.mapsDir };
const worker = await startWorkerProcess({
  temporal: { address: temporal.address },
  traffic: { haproxy: connection },
  metrics: { memory: {} },
});
const traffic = haproxyType.create(connection);

try {
  printTable('restore: milliseconds from sending the command', await measureAll());
} finally {
  await worker.stop();
  await temporal.teardown();
  await haproxy.stop();
}

async function measureAll(): Promise<Record<string, string | number>[]> {
  const rows: Record<string, string | number>[] = [];
  let running = 0;
  for (const wanted of others.toSorted((a, b) => a - b)) {
    await startAll(Array.from({ length: wanted - running }, (_, number) => `other-${running + number}`));
    running = wanted;
    const zeroMs: number[] = [];
    const answerMs: number[] = [];
    while (zeroMs.length < count) {
      const size = Math.min(batch, count - zeroMs.length);
      const services = Array.from({ length: size }, (_, number) => `subject-${number}`);
      await startAll(services);
      for (const service of services) {
        const { zero, answer } = await rollBack(service);
        zeroMs.push(zero);
        answerMs.push(answer);
      }
      await Promise.all(services.map((service) => handleOf(service).result()));
    }
    rows.push({ others: wanted, by: values.by, measured: 'canary reads 0', ...summaryOf(zeroMs) });
    rows.push({ others: wanted, by: values.by, measured: 'caller has answer', ...summaryOf(answerMs) });
  }
  return rows;
}

function handleOf(service: string) {
  return temporal.client.workflow.getHandle(workflowIdOf(`bench/${service}`));
}

/** Starts rollouts with a 50 % canary and waits until HAProxy gives each its share. */
async function startAll(services: readonly string[]): Promise<void> {
  await Promise.all(
    services.map(async (service) => {
      const plan = planFixture({
        service,
        environment: 'bench',
        traffic: { name: 'haproxy', options: {} },
        stages: [stageFixture({ weightPercent: 50, soakMs: 3_600_000 })],
        analysis: { intervalMs: 5_000, onInconclusive: 'hold' },
        maxDurationMs: 7_200_000,
      });
      const input: RolloutInput = { plan, actor: 'bench', reason: '' };
      await temporal.client.workflow.start(workflowType, {
        workflowId: workflowIdOf(`bench/${service}`),
        taskQueue: taskQueues.rollouts,
        args: [input],
      });
      await waitFor(`${service} to take traffic`, async () => (await shareOf(service)) === 50, {
        timeoutMs: 60_000,
      });
    }),
  );
}

async function shareOf(service: string): Promise<number> {
  return effectivePercent(await traffic.read({ id: `bench/${service}`, options: {} }), Date.now());
}

async function rollBack(service: string): Promise<{ zero: number; answer: number }> {
  const handle = handleOf(service);
  const sentMs = performance.now();
  const command =
    values.by === 'signal'
      ? handle.signal('rollback', { reason: 'bench' })
      : handle.executeUpdate<RolloutStatus, [unknown]>('rollback', { args: [{ reason: 'bench' }] });
  const answered = command.then(() => performance.now() - sentMs);
  while ((await shareOf(service)) > 0);
  const zero = performance.now() - sentMs;
  return { zero, answer: await answered };
}
