/** The parts of the local stack as separate real processes that a test may kill, leave dead, and start again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Started } from '../../src/api/contract.ts';
import type { LoadStats, VersionStats } from '../../src/demo/load-stats.ts';
import type { RolloutStatus, WatchProgress } from '../../src/domain/rollout/status.ts';
import { resume, stopAll } from '../../src/providers/workload/process-fleet.ts';
import { placesOf } from '../../src/providers/workload/process-places.ts';
import { readSlot } from '../../src/providers/workload/process-slots.ts';
import type { Component } from '../../src/stack/component.ts';
import { componentsOf } from '../../src/stack/components.ts';
import { shopProcesses, sluiceConfig, writeConfigs } from '../../src/stack/configs.ts';
import { createFolders, layoutOf } from '../../src/stack/layout.ts';
import { portProblem, portsFrom } from '../../src/stack/ports.ts';
import { bringUpShop } from '../../src/stack/shop-slots.ts';
import { locateTools, repoRoot } from '../../src/stack/tools.ts';
import { freeze } from './freeze.ts';
import { waitFor } from './wait-for.ts';

export type PartName = 'Temporal' | 'HAProxy' | 'Prometheus' | 'load generator' | 'API' | 'worker';

export interface Seen {
  readonly status: RolloutStatus | null;
  readonly live: WatchProgress | null;
  readonly temporalStatus: string;
}

interface PartsOptions {
  /** Parts that are not started. */
  readonly without?: readonly PartName[];
  /** Sections of the configuration beside those of the local stack. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export class Parts {
  readonly apiUrl: string;
  /** Where users ask. */
  readonly shopUrl: string;
  /** HAProxy's own counters. */
  readonly haproxyMetricsUrl: string;
  private readonly home = mkdtempSync(join(tmpdir(), 'sluice-parts-'));
  private readonly layout = layoutOf(repoRoot(), this.home);
  private readonly ports;
  private readonly components: ReadonlyMap<string, Component>;
  private readonly running = new Map<string, ChildProcess>();
  private readonly tools = locateTools();
  /** Of worker and API. */
  readonly config: Readonly<Record<string, unknown>>;

  private constructor(portBase: number, more: Readonly<Record<string, unknown>>) {
    this.ports = portsFrom(portBase);
    this.config = { ...sluiceConfig(this.layout, this.ports), ...more };
    this.apiUrl = `http://127.0.0.1:${this.ports.api}`;
    this.shopUrl = `http://127.0.0.1:${this.ports.shop}`;
    this.haproxyMetricsUrl = `http://127.0.0.1:${this.ports.haproxyStats}/metrics`;
    const { first, rest } = componentsOf(this.layout, this.ports, this.tools);
    this.components = new Map([...first, ...rest].map((component) => [component.name, component]));
  }

  static async start(portBase: number, { without = [], more = {} }: PartsOptions = {}): Promise<Parts> {
    const parts = new Parts(portBase, more);
    const problem = await portProblem(parts.ports);
    if (problem) throw new Error(problem);
    createFolders(parts.layout);
    writeConfigs(parts.layout, parts.ports);
    writeFileSync(parts.layout.sluiceConfig, stringify(parts.config));
    try {
      const maps = parts.layout.haproxyMaps;
      await bringUpShop(parts.shop, maps, AbortSignal.timeout(60_000), () => {});
      const names = [...parts.components.keys()] as PartName[];
      for (const name of names.filter((one) => !without.includes(one))) await parts.run(name);
    } catch (error) {
      await parts.stop();
      throw error;
    }
    return parts;
  }

  /** Starts a part and waits until it is ready. */
  async run(name: PartName): Promise<void> {
    this.spawn(name);
    await this.ready(name);
  }

  /** Starts a part and waits for nothing. */
  spawn(name: PartName): void {
    const component = this.component(name);
    const log = openSync(join(this.layout.logs, `${component.log}.log`), 'a');
    const child = spawn(component.command, [...component.args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...component.env },
    });
    closeSync(log);
    this.running.set(name, child);
  }

  async ready(name: PartName): Promise<void> {
    const component = this.component(name);
    await waitFor(
      `${name} to be ready (${this.logOf(component)})`,
      async () => (await component.ready()) === null,
      { timeoutMs: 90_000 },
    );
  }

  /** Whether the part's process exists, frozen or not. */
  exists(name: PartName): boolean {
    const child = this.running.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** SIGSTOP: it is there, and does nothing from then on. */
  async freeze(name: PartName): Promise<void> {
    const child = this.running.get(name);
    if (child) await freeze(child);
  }

  thaw(name: PartName): void {
    this.running.get(name)?.kill('SIGCONT');
  }

  /** The process that runs a version of the shop; null: none does. */
  async shopProcess(version: string): Promise<number | null> {
    const records = await Promise.all(placesOf(this.shop).map(({ files }) => readSlot(files)));
    return records.find((record) => record?.version === version)?.pid ?? null;
  }

  /** Starts again what should run in the shop's slots and does not, as the local stack does. */
  async resumeShop(): Promise<void> {
    await resume(this.shop, () => {});
  }

  /** SIGKILL: no clean-up, no goodbye. */
  async kill(...names: readonly PartName[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const child = this.running.get(name);
        this.running.delete(name);
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  }

  async stop(): Promise<void> {
    await this.kill(...([...this.running.keys()] as PartName[]));
    await stopAll(this.shop);
    rmSync(this.home, { recursive: true, force: true });
  }

  /** What of this stack still runs or holds a port; to be asked after `stop`. */
  async left(): Promise<string[]> {
    const problem = await portProblem(this.ports);
    const found = process.platform === 'linux' ? processesNaming(this.home) : [];
    return problem === null ? found : [problem, ...found];
  }

  /** The last lines of each part's log, for a report. */
  lastLogLines(count: number): Record<string, readonly string[]> {
    return Object.fromEntries(
      [...this.components.values()].map(({ name, log }) => [
        name,
        read(join(this.layout.logs, `${log}.log`))
          .trimEnd()
          .split('\n')
          .slice(-count),
      ]),
    );
  }

  /**
   * Starts a rollout and returns its run; `change` edits the text of the example plan. The one before has its outcome a
   * moment before it makes way for the next, which waits for it.
   */
  async ship(version: string, change: (plan: string) => string = (plan) => plan): Promise<string> {
    await waitFor('the rollout before to be over', () => this.isFree(), { everyMs: 300 });
    const example = readFileSync(join(repoRoot(), 'examples/shop-good.yaml'), 'utf8');
    const body = change(example.replace('version: v2', `version: ${version}`).replace('max: 0.25', 'max: 5'));
    const answer = await fetch(`${this.apiUrl}/v1/rollouts`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body,
    });
    if (!answer.ok) throw new Error(`start answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as Started).runId;
  }

  /** The latest rollout, or one run of it. */
  async see(run?: string): Promise<Seen> {
    return await seenIn(await this.ask(run));
  }

  until(what: string, fits: (seen: Seen) => boolean, timeoutMs = 90_000): Promise<Seen> {
    const probe = async () => {
      const seen = await this.see();
      if (fits(seen)) return seen;
      throw new Error(inShort(seen));
    };
    return waitFor(what, probe, { timeoutMs, everyMs: 300 });
  }

  /** What the rollout says of itself. A worker that is busy may leave a question of the API's without an answer. */
  async account(run?: string): Promise<RolloutStatus> {
    const probe = async () => (await this.see(run)).status;
    return await waitFor('the account of the rollout', probe, { everyMs: 300 });
  }

  /** Asked again, as the same command, while a worker is too busy to answer within the API's time. */
  async command(name: string, body: Record<string, unknown>): Promise<void> {
    const key = randomUUID();
    const { ok, status, text } = await waitFor(`${name} to be answered`, async () => {
      const answer = await fetch(`${this.apiUrl}/v1/rollouts/demo/shop/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      const said = { ok: answer.ok, status: answer.status, text: await answer.text() };
      return !said.text.includes('worker-absent') && said;
    });
    if (!ok) throw new Error(`${name} answered ${status}: ${text}`);
  }

  /** Runs Temporal's own CLI against this stack's server. */
  async temporal(...args: readonly string[]): Promise<string> {
    const address = `127.0.0.1:${this.ports.temporal}`;
    const { stdout } = await promisify(execFile)(this.tools.temporal, [...args, '--address', address]);
    return stdout;
  }

  /** What users met of a version, as the load generator counted it; null: nobody met it yet. */
  async met(version: string): Promise<VersionStats | null> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.load}/stats`);
    const stats = (await answer.json()) as LoadStats;
    return stats.versions[version] ?? null;
  }

  /** False: a rollout has come to its end, and Temporal does not know that yet. */
  private async isFree(): Promise<boolean> {
    const answer = await this.ask();
    if (answer.status === 404) return true;
    const { status, temporalStatus } = await seenIn(answer);
    return temporalStatus !== 'RUNNING' || (status !== null && status.outcome === null);
  }

  private ask(run?: string): Promise<Response> {
    const query = run === undefined ? '' : `?run=${run}`;
    return fetch(`${this.apiUrl}/v1/rollouts/demo/shop${query}`, { signal: AbortSignal.timeout(10_000) });
  }

  private get shop() {
    return shopProcesses(this.layout, this.ports);
  }

  private component(name: PartName): Component {
    const component = this.components.get(name);
    if (!component) throw new Error(`there is no part ${name}`);
    return component;
  }

  private logOf({ log }: Component): string {
    return `.sluice/logs/${log}.log`;
  }
}

async function seenIn(answer: Response): Promise<Seen> {
  if (!answer.ok) throw new Error(`status answered ${answer.status}`);
  return (await answer.json()) as Seen;
}

function inShort({ status, live, temporalStatus }: Seen): string {
  const { phase = 'no account', stage = 0, holdReason = null, timeline = [] } = status ?? {};
  const last = timeline.at(-1)?.text ?? 'nothing told';
  const watched = live && `watched ${live.carry.watchedMs} of ${live.plannedMs} ms, trouble: ${live.trouble}`;
  return [temporalStatus, phase, `stage ${stage}`, holdReason, last, watched].join('; ');
}

function processesNaming(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const naming = pids.filter((pid) =>
    [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].some((file) => read(file).includes(text)),
  );
  return naming.map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

/** Empty if it cannot be read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
