/** A real Temporal server with Sluice's real workers over memory providers: what every scenario runs on. */
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import {
  type ActivityDeps,
  type Clock,
  type Gates,
  type Providers,
  systemClock,
} from '../../src/activities/deps.ts';
import type { Directory } from '../../src/activities/directory.ts';
import { unkept } from '../../src/activities/gates/keep.ts';
import type { RunHistory } from '../../src/audit/history.ts';
import { type Encryption, noEncryption } from '../../src/codec/encryption.ts';
import type { Route } from '../../src/domain/notify/types.ts';
import { type Plan, targetOf, workflowIdOf } from '../../src/domain/plan/types.ts';
import { type RolloutInput, statusQuery, taskQueues, workflowType } from '../../src/domain/rollout/names.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import type { CommandName, Phase, TimelineEntry, TimelineKind } from '../../src/domain/rollout/types.ts';
import { createMemoryAlerts, type MemoryAlerts } from '../../src/providers/alerts/memory.ts';
import { createMemoryGate, type MemoryGate } from '../../src/providers/gates/memory.ts';
import { createMemoryHealth, type MemoryHealth } from '../../src/providers/health/memory.ts';
import { createMemoryHook, type MemoryHook } from '../../src/providers/hooks/memory.ts';
import { createMemoryMetrics, type MemoryMetrics } from '../../src/providers/metrics/memory.ts';
import type { Notifier } from '../../src/providers/notifiers/types.ts';
import { createMemoryTraffic } from '../../src/providers/traffic/memory.ts';
import { effectivePercent, type TrafficProvider } from '../../src/providers/traffic/types.ts';
import { indexedTypes, registerSearchAttributes } from '../../src/worker/attributes.ts';
import { temporalDirectory } from '../../src/worker/directory.ts';
import { temporalLiveness } from '../../src/worker/liveness.ts';
import { noticeDepsOf } from '../../src/worker/notices.ts';
import { createWorkers, type WorkersOptions } from '../../src/worker/workers.ts';
import type { ActivityTap } from './activity-tap.ts';
import { startSkippingTemporal, startTemporal, type TestTemporal } from './dev-server.ts';
import { createFakeWorkload, type FakeWorkload } from './fake-workload.ts';
import { createFaultyTraffic, type FaultyTraffic } from './faulty-traffic.ts';
import { planFixture } from './plan.ts';
import { installRuntime } from './runtime.ts';
import { waitFor } from './wait-for.ts';
import { workflowBundle } from './workflow-bundle.ts';

interface RolloutEnvOptions {
  /** `local`: the dev server, in real time. `skipping`: the test server, whose timers skip. Default: `local`. */
  readonly server?: 'local' | 'skipping';
  readonly clock?: Clock;
  /** Gets between the activities and the providers. */
  readonly tap?: ActivityTap;
  /** More arguments for the server's command line. */
  readonly serverArgs?: readonly string[];
  /** Real ones in place of those in memory. */
  readonly providers?: Partial<Providers>;
  /** Real gates, by the name of their instance. Default: the one in memory, whatever the name. */
  readonly gates?: Gates['find'];
  /** The data plane; default: one in memory. */
  readonly traffic?: TrafficProvider;
  /** Where raw reports of gates go. Default: nowhere. */
  readonly keep?: Gates['keep'];
  /** Default: no evidence is kept. */
  readonly keepEvidence?: (client: Client) => WorkersOptions['keepEvidence'];
  /** Default: what Temporal keeps is plain. */
  readonly encryption?: Encryption;
  /** Default: nothing is traced. */
  readonly traced?: WorkersOptions['traced'];
  /** Whom rollouts tell, and by which routes; default: no worker tells anybody. */
  readonly notices?: NoticeOptions;
}

interface NoticeOptions {
  readonly routes: readonly Route[];
  readonly notifiers: Readonly<Record<string, Notifier>>;
  readonly planChannels?: readonly string[];
}

type WorkersCode = Partial<Pick<WorkersOptions, 'version' | 'workflowBundle' | 'dataConverter'>>;

export interface RunningWorkers {
  stop(): Promise<void>;
}

type Listener = (workflowId: string, entry: TimelineEntry) => void;

/** One partition suffices for the few pollers of a test; of four, most tasks go to one where nobody waits. */
const partitions = ['Read', 'Write'].flatMap((side) => [
  '--dynamic-config-value',
  `matching.numTaskqueue${side}Partitions=1`,
]);
/** A status that changes without a line in the timeline is seen this late at most. */
const lookEveryMs = 200;

export class RolloutEnv {
  readonly temporal: TestWorkflowEnvironment;
  readonly client: Client;
  readonly traffic: FaultyTraffic;
  readonly metrics: MemoryMetrics = createMemoryMetrics();
  readonly health: MemoryHealth = createMemoryHealth();
  readonly alerts: MemoryAlerts = createMemoryAlerts();
  readonly workload: FakeWorkload;
  readonly hook: MemoryHook = createMemoryHook();
  readonly gate: MemoryGate = createMemoryGate();
  readonly told: { workflowId: string; entry: TimelineEntry }[] = [];
  /** Called for each line of a rollout's timeline as it happens. */
  readonly listeners: Listener[] = [];
  /** Who waits for the next line of a rollout. */
  private readonly awaiting = new Map<string, (() => void)[]>();
  private readonly clock: Clock;
  private readonly providers: Partial<Providers>;
  private readonly gates: Gates['find'];
  private readonly lists: boolean;
  private readonly keep: Gates['keep'];
  private readonly keepEvidence: WorkersOptions['keepEvidence'];
  private readonly traced: WorkersOptions['traced'];
  private readonly notices: NoticeOptions | null;
  private readonly encryption: Encryption;
  private silent = false;
  private readonly tap: ActivityTap | null;
  private readonly stopTemporal: () => Promise<void>;
  private workers: RunningWorkers | null = null;

  private constructor({ env, stop }: TestTemporal, options: RolloutEnvOptions) {
    this.temporal = env;
    this.stopTemporal = stop;
    this.encryption = options.encryption ?? noEncryption;
    this.client = options.encryption ? readingClient(env, options.encryption) : env.client;
    this.traffic = createFaultyTraffic(options.traffic ?? createMemoryTraffic());
    this.workload = createFakeWorkload(this.traffic);
    this.clock = options.clock ?? systemClock;
    this.providers = options.providers ?? {};
    this.gates = options.gates ?? (() => ({ gate: this.gate, intervalMs: 250 }));
    this.tap = options.tap ?? null;
    this.keep = options.keep ?? (async (_about, report) => unkept(report));
    this.keepEvidence = options.keepEvidence?.(this.client) ?? null;
    this.traced = options.traced ?? null;
    this.notices = options.notices ?? null;
    this.lists = options.server !== 'skipping' && this.clock === systemClock;
    this.metrics.set(/success/, 100);
    this.metrics.set(/samples/, 500);
  }

  static async create(options: RolloutEnvOptions = {}): Promise<RolloutEnv> {
    installRuntime();
    const args = options.serverArgs ?? [];
    const plugins = options.tap ? [options.tap.plugin] : [];
    const temporal =
      options.server === 'skipping'
        ? await startSkippingTemporal({ args, plugins })
        : await startTemporal({ args: [...partitions, ...args], plugins });
    const env = new RolloutEnv(temporal, options);
    const { connection } = temporal.env;
    await registerSearchAttributes(connection, 'default').catch(() => registerBlindly(temporal.env));
    await env.startWorkers();
    return env;
  }

  /** Does `act` at each line of this kind in a rollout's timeline, before anything that the line brings about. */
  at(workflowId: string, kind: TimelineKind, act: (entry: TimelineEntry) => void): void {
    this.listeners.push((id, entry) => {
      if (id === workflowId && entry.kind === kind) act(entry);
    });
  }

  /** Resolves at the next line of a rollout's timeline, or a little later if there is none. */
  nextLine(workflowId: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lookEveryMs);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.awaiting.set(workflowId, [...(this.awaiting.get(workflowId) ?? []), wake]);
    });
  }

  /** On a simulated clock an answer that takes real time would come hours late, so there it is known. */
  private isRunning(workflowId: string, runId: string): Promise<boolean> {
    return this.clock === systemClock
      ? temporalLiveness(this.client).isRunning(workflowId, runId)
      : Promise.resolve(true);
  }

  /** While silent, Temporal never answers the question whether a run is open, as in an outage that hangs. */
  silence(silent: boolean): void {
    this.silent = silent;
  }

  async startWorkers(): Promise<void> {
    this.workers = await this.runWorkers(this.temporal.nativeConnection, {});
  }

  /** Further workers beside the first ones, as another process would be: with code and version of their own. */
  async addWorkers(code: WorkersCode): Promise<RunningWorkers> {
    const connection = await NativeConnection.connect({ address: this.temporal.address });
    const { stop } = await this.runWorkers(connection, code);
    return {
      stop: async () => {
        await stop();
        await connection.close();
      },
    };
  }

  private async runWorkers(connection: NativeConnection, code: WorkersCode): Promise<RunningWorkers> {
    const workers = await createWorkers({
      connection,
      namespace: 'default',
      workflowBundle: code.workflowBundle ?? workflowBundle(),
      version: code.version ?? null,
      dataConverter: code.dataConverter ?? this.encryption.dataConverter,
      keepEvidence: this.keepEvidence ?? null,
      traced: this.traced ?? null,
      deps: this.tap?.wrap(this.deps()) ?? this.deps(),
      ...this.noticeDeps(),
      onTimeline: (workflowId, entry) => {
        this.told.push({ workflowId, entry });
        for (const listener of this.listeners) listener(workflowId, entry);
        for (const wake of this.awaiting.get(workflowId) ?? []) wake();
        this.awaiting.delete(workflowId);
      },
      shutdownGraceMs: 500,
    });
    const done = workers.run();
    return {
      stop: async () => {
        workers.shutdown();
        await done;
      },
    };
  }

  private noticeDeps(): Pick<WorkersOptions, 'notices'> {
    if (this.notices === null) return {};
    const { routes, notifiers, planChannels = [] } = this.notices;
    const notifications = { planChannels, giveUpAfter: 86_400_000 };
    const notifier = (name: string) => {
      const found = notifiers[name];
      if (found === undefined) throw new Error(`there is no notifier ${name} in this test`);
      return found;
    };
    return { notices: noticeDepsOf({ routes, notifications }, { notifier }, this.client) };
  }

  private deps(): ActivityDeps {
    return {
      providers: {
        traffic: () => this.traffic,
        metrics: () => this.metrics,
        workload: () => this.workload,
        health: () => this.health,
        alerts: () => this.alerts,
        hook: () => this.hook,
        ...this.providers,
      },
      gates: {
        find: this.gates,
        keep: this.keep,
      },
      clock: this.clock,
      liveness: {
        isRunning: (...run) => (this.silent ? new Promise(() => {}) : this.isRunning(...run)),
        cooldown: async (id, signal) =>
          this.clock === systemClock ? await temporalLiveness(this.client).cooldown(id, signal) : null,
      },
      directory: this.directory(),
    };
  }

  /** The test server has no lists, and on a simulated clock an answer would come late: there, no emergency is open. */
  private directory(): Directory {
    const directory = temporalDirectory(this.client);
    return this.lists ? directory : { ...directory, forbids: async () => null };
  }

  async stopWorkers(): Promise<void> {
    this.tap?.release();
    await this.workers?.stop();
    this.workers = null;
  }

  /** Starts a rollout of `plan` and returns what a test needs to steer and see it. */
  async start(overrides: Partial<Plan> = {}, how: Pick<RolloutInput, 'force'> = {}): Promise<TestRollout> {
    const plan = planFixture(overrides);
    const input: RolloutInput = { plan, actor: 'ann', reason: 'test', ...how };
    const handle = await this.client.workflow.start(workflowType, {
      workflowId: workflowIdOf(targetOf(plan)),
      taskQueue: taskQueues.rollouts,
      workflowTaskTimeout: '3s',
      args: [input],
    });
    return new TestRollout(this, plan, handle);
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await this.stopTemporal();
  }
}

export class TestRollout {
  readonly handle: WorkflowHandle;
  readonly plan: Plan;
  private readonly env: RolloutEnv;

  constructor(env: RolloutEnv, plan: Plan, handle: WorkflowHandle) {
    this.env = env;
    this.plan = plan;
    this.handle = handle;
  }

  status(): Promise<RolloutStatus> {
    return this.handle.query<RolloutStatus>(statusQuery);
  }

  /** Waits until the status fits; returns it. */
  until(what: string, fits: (status: RolloutStatus) => boolean | Promise<boolean>): Promise<RolloutStatus> {
    return waitFor(
      `${this.handle.workflowId} ${what}`,
      async () => {
        const status = await this.status();
        return (await fits(status)) ? status : null;
      },
      { change: () => this.env.nextLine(this.handle.workflowId) },
    );
  }

  phase(phase: Phase): Promise<RolloutStatus> {
    return this.until(`to be ${phase}`, (status) => status.phase === phase);
  }

  async ended(): Promise<RolloutStatus> {
    return await this.handle.result();
  }

  update(name: CommandName, payload: Record<string, unknown> = {}): Promise<RolloutStatus> {
    return this.handle.executeUpdate<RolloutStatus, [unknown]>(name, {
      args: [{ actor: 'ann', ...payload }],
    });
  }

  signal(name: string, payload?: unknown): Promise<void> {
    return payload === undefined ? this.handle.signal(name) : this.handle.signal(name, payload);
  }

  /** The share of ordinary requests that the canary gets now. */
  async canaryShare(): Promise<number> {
    const state = await this.env.traffic.read({ id: targetOf(this.plan), options: {} });
    return effectivePercent(state, Date.now());
  }

  async history(): Promise<RunHistory> {
    return { runId: '', history: await this.handle.fetchHistory() };
  }

  async historyLength(): Promise<number> {
    const { history } = await this.history();
    return history.events?.length ?? 0;
  }
}

/** The environment's own client reads nothing sealed, but it alone lets the test server's time skip. */
function readingClient({ connection }: TestWorkflowEnvironment, encryption: Encryption): Client {
  return new Client({
    connection: encryption.readable(connection),
    dataConverter: encryption.dataConverter,
  });
}

/** The test server cannot list search attributes, only add them. */
async function registerBlindly(temporal: TestWorkflowEnvironment): Promise<void> {
  await temporal.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: indexedTypes,
  });
}
