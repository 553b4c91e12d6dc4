/** `sluice up`: starts the local stack in order, keeps it up, and stops everything that it started. */
import { rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '../domain/errors.ts';
import { stopAll } from '../providers/workload/process-fleet.ts';
import { createDemoClient } from './api-client.ts';
import { componentsOf } from './components.ts';
import { shopProcesses, writeConfigs } from './configs.ts';
import { runDemo } from './demo.ts';
import { createFolders, layoutOf, removeOutside } from './layout.ts';
import { claimStack, type PidTable } from './pid-table.ts';
import { portProblem, portsFrom } from './ports.ts';
import { createScreen, type Screen } from './screen.ts';
import { bringUpShop, keepShopUp, stableVersion } from './shop-slots.ts';
import { catchSignals, interrupted } from './signals.ts';
import { Supervisor } from './supervisor.ts';
import { locateTools, repoRoot } from './tools.ts';

interface StackOptions {
  /** First of the ports. Default: 7200. */
  readonly portBase?: number;
  /** Ships a good and a bad version of the demo shop. */
  readonly demo?: boolean;
  /** Ends after the demo, which it implies; the result tells whether all went as it should. */
  readonly once?: boolean;
  /** Folder of the repository. Default: where this code lies. */
  readonly root?: string;
}

const stopBudgetMs = 10_000;

/**
 * Runs until Ctrl-C, or with `once` until the demo has ended. Returns the exit code: 0 well, 1 not, 130 interrupted
 * before the end of `once`.
 */
export async function runStack(options: StackOptions = {}): Promise<number> {
  const screen = createScreen(process.stdout);
  const interruption = catchSignals(() => screen.say(''));
  let claimed: PidTable | null = null;
  try {
    // An empty variable is none, as everywhere.
    const layout = layoutOf(options.root ?? repoRoot(), process.env.SLUICE_HOME || undefined);
    createFolders(layout);
    const { table, leftovers } = await claimStack(layout.pids);
    claimed = table;
    if (leftovers.length > 0) screen.say(`Ended what an earlier stack had left: ${leftovers.join(', ')}`);
    return await supervise(options, layout, table, screen, interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) return 130;
    screen.settle();
    screen.say(messageOf(error));
    return 1;
  } finally {
    claimed?.release();
    interruption.release();
  }
}

async function supervise(
  options: StackOptions,
  layout: ReturnType<typeof layoutOf>,
  table: PidTable,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  const say = (line: string) => screen.say(line);
  const ports = portsFrom(options.portBase);
  const shop = shopProcesses(layout, ports);
  // Versions that outlived a killed stack come back below with their records.
  const outlived = await stopAll(shop);
  if (outlived > 0)
    say(
      `Ended ${outlived === 1 ? 'a version' : `${outlived} versions`} of the shop that an earlier stack had left`,
    );
  const problem = await portProblem(ports);
  if (problem) throw new Error(problem);
  const components = componentsOf(layout, ports, locateTools(layout.root));
  writeConfigs(layout, ports);
  const supervisor = new Supervisor({ cwd: layout.root, logs: layout.logs, table, say });
  let leaveShop: () => Promise<void> = async () => {};
  try {
    for (const component of components.first) await supervisor.start(component, signal);
    await bringUpShop(shop, layout.haproxyMaps, signal, say);
    leaveShop = keepShopUp(shop, say);
    for (const component of components.rest) await supervisor.start(component, signal);
    const apiUrl = `http://127.0.0.1:${ports.api}`;
    writeFileSync(layout.stackFile, `${JSON.stringify({ apiUrl, pid: process.pid, ports }, null, 2)}\n`);
    let well = true;
    if (options.demo || options.once) {
      for (const line of addresses(ports)) say(line);
      const client = createDemoClient(apiUrl, `http://127.0.0.1:${ports.load}`);
      const stable = () => stableVersion(shop, layout.haproxyMaps);
      const demo = runDemo({ client, screen, root: layout.root, signal, stable });
      well = options.once
        ? await demo
        : await demo.catch((error: unknown) => survived(error, screen, signal));
    }
    if (options.once) return well ? 0 : 1;
    for (const line of [...addresses(ports), '', stayHint]) say(line);
    await interrupted(signal);
    return 0;
  } finally {
    screen.settle();
    say('stopping …');
    rmSync(layout.stackFile, { force: true });
    await leaveShop();
    const stuck = await supervisor.stop(stopBudgetMs);
    // Last, so that no version dies under a HAProxy that still sends users to it.
    await stopAll(shop);
    removeOutside(layout);
    say(stuck.length === 0 ? 'everything is stopped' : `could not be stopped: ${stuck.join(', ')}`);
  }
}

/** Without `--once`, a demo that went wrong leaves the stack up, so that the person can look. */
function survived(error: unknown, screen: Screen, signal: AbortSignal): boolean {
  if (signal.aborted) throw error;
  screen.settle();
  screen.say(`The demo ended early: ${messageOf(error)}`);
  return false;
}

const stayHint =
  'Everything stays up until Ctrl-C. In another terminal try: npx sluice start examples/shop-bad.yaml --watch';

function addresses(ports: ReturnType<typeof portsFrom>): string[] {
  const url = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;
  return [
    `  dashboard      ${url(ports.api, '/ui/')}`,
    `  the shop       ${url(ports.shop)}`,
    `  API            ${url(ports.api, '/docs')}`,
    `  Temporal       ${url(ports.temporalUi)}`,
    `  Prometheus     ${url(ports.prometheus)}`,
    `  HAProxy        ${url(ports.haproxyStats)}`,
  ];
}
