/** A real Prometheus for tests: it scrapes a page that the test writes, on loopback, and leaves nothing behind. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locateTools } from '../../src/stack/tools.ts';
import { end, hasEnded } from './child.ts';
import { freePort } from './free-ports.ts';
import { nativePageType } from './native-page.ts';
import { waitFor } from './wait-for.ts';

/** In the text format, or in that of protobuf. */
type Page = string | Uint8Array;

export interface TestPrometheus {
  readonly url: string;
  /** What the next scrapes find: a text in the exposition format, or a function that is called for each scrape. */
  setMetrics(page: Page | (() => Page)): void;
  /** SIGKILL, as a crash; the address stays dead. Call `stop` all the same. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

interface TestPrometheusOptions {
  readonly scrapeMs?: number;
  /** Samples of the past, as OpenMetrics text, that it finds in its storage when it starts. */
  readonly history?: string;
  /** Scrapes by protobuf, native histograms among it. */
  readonly native?: boolean;
}

export async function startPrometheus(options: TestPrometheusOptions = {}): Promise<TestPrometheus> {
  const { prometheus: binary, promtool } = locateTools();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  let page: Page | (() => Page) = '';
  const pageServer = createServer((_request, response) => {
    const now = typeof page === 'function' ? page() : page;
    response.setHeader(
      'Content-Type',
      typeof now === 'string' ? 'text/plain; version=0.0.4' : nativePageType,
    );
    response.end(typeof now === 'string' ? stamped(now) : now);
  });
  const undo = async () => {
    await closeServer(pageServer);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const target = await listen(pageServer);
    await writeFile(join(folder, 'prometheus.yml'), configOf(target, options.scrapeMs ?? 200));
    if (options.history !== undefined) await load(promtool, folder, options.history);
    const { child, url } = await launch(
      binary,
      folder,
      options.native === true ? ['--enable-feature=native-histograms'] : [],
    );
    await waitFor('the first scrape', () => isScraping(url)).catch(async (error: unknown) => {
      await end(child, 'SIGKILL');
      throw error;
    });
    return {
      url,
      setMetrics(next) {
        page = next;
      },
      kill: () => end(child, 'SIGKILL'),
      async stop() {
        await end(child, 'SIGTERM');
        await undo();
      },
    };
  } catch (error) {
    await undo();
    throw error;
  }
}

/**
 * The page with the time on each sample: a scrape that this process is too busy to answer makes Prometheus take all
 * series for gone, until the next one, but not those whose samples have times of their own.
 */
function stamped(page: string): string {
  const nowMs = Date.now();
  return page.replaceAll(/^(?!#).+$/gm, (sample) => `${sample} ${nowMs}`);
}

async function load(promtool: string, folder: string, history: string): Promise<void> {
  const file = join(folder, 'history.txt');
  await writeFile(file, history);
  const what = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')];
  await promisify(execFile)(promtool, what);
}

/** Another process may take the free port before Prometheus does, hence the few attempts. */
async function launch(
  binary: string,
  folder: string,
  more: readonly string[],
): Promise<{ child: ChildProcess; url: string }> {
  let log = '';
  for (let attempt = 1; attempt <= 3; attempt++) {
    const port = await freePort();
    const child = spawn(binary, [...argumentsOf(folder, port), ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const killAtExit = () => child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('close', () => process.removeListener('exit', killAtExit));
    child.once('error', (error) => {
      log += error.message;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-4_000);
    });
    const url = `http://127.0.0.1:${port}`;
    const state = await waitFor('Prometheus to be ready', () => readyOrGone(child, url));
    if (state === 'ready') return { child, url };
  }
  throw new Error(`Prometheus (${binary}) did not start: ${log}`);
}

function argumentsOf(folder: string, port: number): string[] {
  return [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
}

function configOf(target: string, scrapeMs: number): string {
  return `global:
  scrape_interval: ${scrapeMs}ms
  scrape_timeout: ${scrapeMs}ms
scrape_configs:
  - job_name: page
    static_configs:
      - targets: ['${target}']
`;
}

async function readyOrGone(child: ChildProcess, url: string): Promise<'ready' | 'gone' | undefined> {
  if (hasEnded(child)) return 'gone';
  const response = await fetch(`${url}/-/ready`).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok === true ? 'ready' : undefined;
}

/** Prometheus waits up to five seconds after its start before it scrapes at all. */
async function isScraping(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/v1/query?query=up`);
  return (await response.text()).includes('"1"]');
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
