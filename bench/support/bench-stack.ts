/** What the restore bench runs against: a real Temporal server, worker, API and data plane, and rollouts in it. */
import type { Client, WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { giveRoomForGarbage } from '../../scripts/lib/room-for-garbage.mjs';
import { type Plan, workflowIdOf } from '../../src/domain/plan/types.ts';
import { type RolloutInput, taskQueues, workflowType } from '../../src/domain/rollout/names.ts';
import { startEventsCache } from '../../src/stack/temporal-args.ts';
import { locateTools } from '../../src/stack/tools.ts';
import { registerSearchAttributes } from '../../src/worker/attributes.ts';
import { trafficMemo, trafficMemoOf } from '../../src/worker/start-options.ts';
import { freePort } from '../../test/support/free-ports.ts';
import { planFixture, stageFixture } from '../../test/support/plan.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { parts } from './parts.ts';
import { type Plane, type PlaneName, type Sweep, startPlane } from './planes.ts';
import { startSluiceProcess } from './sluice-process.ts';

export interface BenchStack {
  readonly apiUrl: string;
  readonly client: Client;
  handleOf(service: string): WorkflowHandle;
  /** Starts a rollout of the data plane's; what the plan asks for beside that is the caller's. */
  start(service: string, plan: Partial<Plan>): Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** Starts rollouts with a 50 % canary and waits until the data plane gives each its share. */
  startAll(services: readonly string[]): Promise<void>;
  /** The canary's share as the data plane has it now, percent. */
  shareOf(service: string): Promise<number>;
  sweep(): Sweep;
  /** Requests to the data plane's API so far; empty: it does not tell. */
  requests(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/** As many starts at a time, so that starting is no storm of its own. */
const startsAtOnce = 15;
const progressEvery = 100;

/**
 * With `profileDir` worker and API leave a CPU profile of their whole life there; `more` is more of their
 * configuration.
 */
export async function startBenchStack(
  services: readonly string[],
  profileDir?: string,
  on: PlaneName = 'haproxy',
  more: Record<string, unknown> = {},
): Promise<BenchStack> {
  const plane = await parts.keep(startPlane(on, services));
  // As where Temporal has a machine of its own.
  giveRoomForGarbage();
  const { temporal } = await parts.keep(startTemporal());
  await registerSearchAttributes(temporal.connection, 'default');
  const port = await freePort();
  const config = {
    temporal: { address: temporal.address },
    api: { host: '127.0.0.1', port },
    // Beside the data plane, one for rollouts of which only the course matters.
    traffic: { [plane.name]: plane.settings, memory: {} },
    metrics: { memory: {} },
    ...more,
  };
  const sluice = [
    await parts.keep(startSluiceProcess('worker', config, profileDir)),
    await parts.keep(startSluiceProcess('api', config, profileDir)),
  ];
  const { shareOf } = plane;
  const { client } = temporal;
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    client,
    handleOf: (service) => client.workflow.getHandle(workflowIdOf(`bench/${service}`)),
    start: (service, plan) => start(client, service, plane, plan),
    shareOf,
    startAll: async (wanted) => {
      for (let from = 0; from < wanted.length; from += startsAtOnce) {
        const some = wanted.slice(from, from + startsAtOnce);
        await Promise.all(some.map((service) => startOne(client, service, plane)));
        said(from, from + some.length, wanted.length);
      }
    },
    sweep: () => plane.sweep(),
    requests: async () => (await plane.requests?.()) ?? new Map(),
    stop: async () => {
      for (const part of sluice) await part.stop();
      await temporal.teardown();
      await plane.stop();
    },
  };
}

async function startTemporal() {
  const temporal = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: locateTools().temporal },
      // With a thousand rollouts it warns of every call that waits, which would drown the figures.
      log: { format: 'pretty', level: 'never' },
      extraArgs: startEventsCache,
    },
  });
  return { temporal, stop: () => temporal.teardown() };
}

/** Starting a thousand takes minutes, and nobody likes to wait for something silent. */
function said(before: number, started: number, all: number): void {
  const steps = (count: number) => Math.floor(count / progressEvery);
  if (steps(started) > steps(before)) process.stderr.write(`started ${started} of ${all}\n`);
}

async function startOne(client: Client, service: string, plane: Plane): Promise<void> {
  await start(client, service, plane, {
    stages: [stageFixture({ weightPercent: 50, soakMs: 3_600_000 })],
    analysis: { intervalMs: 600_000, onInconclusive: 'hold' },
    maxDurationMs: 7_200_000,
  });
  const reads50 = async () => (await plane.shareOf(service)) === 50;
  await waitFor(`${service} to take traffic`, reads50, { timeoutMs: 300_000, everyMs: 250 });
}

async function start(client: Client, service: string, { name }: Plane, asked: Partial<Plan>) {
  const plan = planFixture({ service, environment: 'bench', traffic: { name, options: {} }, ...asked });
  const input: RolloutInput = { plan, actor: 'bench', reason: '' };
  return await client.workflow.start(workflowType, {
    workflowId: workflowIdOf(`bench/${service}`),
    taskQueue: taskQueues.rollouts,
    args: [input],
    memo: { [trafficMemo]: trafficMemoOf(plan) },
  });
}
