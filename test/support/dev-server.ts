/**
 * The Temporal servers that scenarios run on, as processes: started with patience, frozen, asked by Temporal's command
 * line.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ClientPlugin, ConnectionPlugin } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { NativeConnectionPlugin } from '@temporalio/worker';
import { locateTools } from '../../src/stack/tools.ts';
import { end, hasEnded } from './child.ts';
import { freePort } from './free-ports.ts';
import { waitFor } from './wait-for.ts';

export interface TestTemporal {
  readonly env: TestWorkflowEnvironment;
  stop(): Promise<void>;
}

interface TestTemporalOptions {
  /** More arguments for the server's command line. */
  readonly args?: readonly string[];
  readonly plugins?: (ClientPlugin | ConnectionPlugin | NativeConnectionPlugin)[];
}

/** A dev server, in real time. The SDK itself would give it five seconds to come up, which a busy machine needs. */
export async function startTemporal({
  args = [],
  plugins = [],
}: TestTemporalOptions = {}): Promise<TestTemporal> {
  let log = '';
  // Another process may take the free port before the server does, hence the few attempts.
  for (let attempt = 1; attempt <= 3; attempt++) {
    const port = await freePort();
    const child = launch([...argumentsFor(port), ...args], (text) => {
      log = `${log}${text}`.slice(-4_000);
    });
    const address = `127.0.0.1:${port}`;
    const connected = async () =>
      hasEnded(child)
        ? ('gone' as const)
        : await TestWorkflowEnvironment.createFromExistingServer({ address, plugins });
    const env = await waitFor('Temporal to answer', connected).catch(async (error: unknown) => {
      await end(child, 'SIGKILL');
      throw error;
    });
    if (env !== 'gone') return { env, stop: () => env.teardown().then(() => end(child, 'SIGKILL')) };
  }
  throw new Error(`Temporal's dev server did not start: ${log}`);
}

/** The test server, whose timers skip; the SDK alone can start it so that they do. */
export async function startSkippingTemporal({
  args = [],
  plugins = [],
}: TestTemporalOptions): Promise<TestTemporal> {
  const path = locateTools().temporalTestServer;
  const server = { executable: { type: 'existing-path' as const, path }, extraArgs: [...args] };
  const start = () => TestWorkflowEnvironment.createTimeSkipping({ server, plugins });
  const env = await waitFor('the test server to answer', start);
  return { env, stop: () => env.teardown() };
}

function launch(args: readonly string[], onText: (text: string) => void): ChildProcess {
  const child = spawn(locateTools().temporal, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('close', () => process.removeListener('exit', killAtExit));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onText);
  return child;
}

function argumentsFor(port: number): string[] {
  return [
    ...['server', 'start-dev', '--headless', '--namespace', 'default'],
    ...['--ip', '127.0.0.1', '--port', `${port}`],
    ...['--log-format', 'pretty', '--log-level', 'warn'],
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
  ];
}

/** SIGSTOP for the server at `address`, as in an outage that hangs; returns what lets it go on. */
export function freezeServer(address: string): () => void {
  const pid = serverAt(address);
  process.kill(pid, 'SIGSTOP');
  return () => void process.kill(pid, 'SIGCONT');
}

/** Runs Temporal's own command line against the server; resolves with what it printed. */
export async function temporalCli(address: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(locateTools().temporal, [...args, '--address', address]);
  return stdout;
}

function serverAt(address: string): number {
  const port = address.split(':').at(-1) ?? '';
  const found = readdirSync('/proc').find((pid) => {
    const args = argumentsOf(pid);
    return args.includes('start-dev') && args[args.indexOf('--port') + 1] === port;
  });
  if (found === undefined) throw new Error(`no dev server runs at ${address}`);
  return Number(found);
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
