/**
 * The workers of one process: workflows, long watches, short traffic writes, and telling people, each with slots of its
 * own.
 */
import type { DataConverter, WorkerDeploymentVersion } from '@temporalio/common';
import {
  type NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createAftermathActivities } from '../activities/aftermath.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { createEmergencyActivities } from '../activities/emergency.ts';
import { createGate } from '../activities/gates/gate.ts';
import { createNoticeActivities, type NoticeDeps } from '../activities/notify/notices.ts';
import { createTell } from '../activities/tell.ts';
import { createRestoreActivities } from '../activities/traffic.ts';
import { createRamp } from '../activities/watch/ramp.ts';
import { createWatch } from '../activities/watch/watch.ts';
import { createWorkloadActivities } from '../activities/workload.ts';
import type { EvidenceActivities } from '../domain/evidence/keeper.ts';
import { noticesQueue } from '../domain/notify/names.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import type { TimelineEntry } from '../domain/rollout/types.ts';
import { type TracedWorkflows, tracedActivities, untracedSinks } from './traced-work.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: WorkflowBundleOption;
  /** Pins rollouts to the workflow code that they began with. Default: null, every worker runs them all. */
  readonly version?: WorkerDeploymentVersion | null;
  readonly deps: ActivityDeps;
  /** Default: what is written stays plain. */
  readonly dataConverter?: DataConverter;
  /** Default: null, no evidence is kept. */
  readonly keepEvidence?: EvidenceActivities['keepEvidence'] | null;
  /** Who tells people; absent: another worker does. */
  readonly notices?: NoticeDeps;
  /** Called for each line of a rollout's timeline as it happens, never at replay. */
  readonly onTimeline: (workflowId: string, entry: TimelineEntry) => void;
  /** Called for each line that was told before, when this worker takes the rollout over. Default: nobody listens. */
  readonly onRecalled?: (workflowId: string, entry: TimelineEntry) => void;
  /** Default: nothing is traced. */
  readonly traced?: TracedWorkflows | null;
  /** How long running activities may finish at shutdown. Default: 5 s. */
  readonly shutdownGraceMs?: number;
}

export interface Workers {
  /** Resolves when all have stopped; rejects when one fails. */
  run(): Promise<void>;
  shutdown(): void;
  /** What keeps work from being done here; null: nothing. */
  notReady(): string | null;
}

const maxWatches = 2_000;
const maxRestores = 200;
const maxCachedWorkflows = 1_500;
/** A slow receiver holds one for ten seconds at most. */
const maxDeliveries = 100;
const maxCachedCompanions = 500;

/**
 * Only workflows are pinned. Activities are taken by whatever worker there is: a restore must never wait for a version
 * that nobody runs any more.
 */
function pinnedTo(version: WorkerDeploymentVersion | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (version === null) return {};
  const pinned = { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } as const;
  return { workerDeploymentOptions: pinned };
}

/**
 * How long one workflow task may compute. When it strikes, Node ends the whole process (nodejs/node#38503), and so it
 * does to the next worker that tries; ten thousand signals, the most that a run can have, take four of the five seconds
 * that are the SDK's default. The SDK heeds the option without naming it in its types.
 */
const taskLimit: object = { isolateExecutionTimeout: '1 minute' };

export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, workflowBundle, deps, traced = null } = options;
  const common = {
    connection,
    namespace,
    dataConverter: options.dataConverter ?? {},
    ...(traced && { interceptors: { activity: [tracedActivities] } }),
    shutdownGraceTime: options.shutdownGraceMs ?? 5_000,
    shutdownForceTime: (options.shutdownGraceMs ?? 5_000) + 5_000,
  };
  const traceSinks = traced?.sinks ?? untracedSinks;
  /** Apart from the rest, with one thread for its workflows: whatever receivers do, it takes nothing from a rollout. */
  const createTeller = (notices: NoticeDeps) =>
    Worker.create({
      ...common,
      taskQueue: noticesQueue,
      workflowBundle,
      maxCachedWorkflows: maxCachedCompanions,
      workflowThreadPoolSize: 1,
      activities: createNoticeActivities(notices),
      maxConcurrentActivityTaskExecutions: maxDeliveries,
      sinks: { ...traceSinks, audit: { record: { fn: () => {}, callDuringReplay: false } } },
    });
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: taskQueues.rollouts,
      workflowBundle,
      ...pinnedTo(options.version ?? null),
      maxCachedWorkflows,
      ...taskLimit,
      // After a crash the next worker gets the workflow in a second rather than ten.
      stickyQueueScheduleToStartTimeout: '1s',
      sinks: {
        ...traceSinks,
        audit: {
          record: {
            fn: ({ workflowId, unsafe }, entry: TimelineEntry) =>
              (unsafe.isReplayingHistoryEvents ? options.onRecalled : options.onTimeline)?.(
                workflowId,
                entry,
              ),
            callDuringReplay: true,
          },
        },
      },
    }),
    Worker.create({
      ...common,
      taskQueue: taskQueues.watch,
      activities: {
        ...createWorkloadActivities(deps),
        ...createAftermathActivities(deps),
        gate: createGate(deps),
        watch: createWatch(deps),
        ramp: createRamp(deps),
        ...(options.keepEvidence ? { keepEvidence: options.keepEvidence } : {}),
        tell: createTell(deps),
      },
      maxConcurrentActivityTaskExecutions: maxWatches,
      // Heartbeats carry cancellations back; a throttle of many seconds would delay every pause.
      maxHeartbeatThrottleInterval: '1s',
      defaultHeartbeatThrottleInterval: '1s',
    }),
    Worker.create({
      ...common,
      taskQueue: taskQueues.restore,
      activities: { ...createRestoreActivities(deps), ...createEmergencyActivities(deps) },
      maxConcurrentActivityTaskExecutions: maxRestores,
    }),
    ...(options.notices === undefined ? [] : [createTeller(options.notices)]),
  ]);
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runOne = async (worker: Worker) => {
    try {
      await worker.run();
    } catch (error) {
      // Half a worker is worse than none: it would look alive and restore nothing.
      shutdown();
      throw error;
    }
  };
  return {
    run: async () => {
      const ends = await Promise.allSettled(workers.map(runOne));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    },
    shutdown,
    notReady() {
      const idle = workers.find((worker) => worker.getState() !== 'RUNNING');
      return idle === undefined
        ? null
        : `the worker of ${idle.options.taskQueue} is ${idle.getState().toLowerCase()}`;
    },
  };
}
