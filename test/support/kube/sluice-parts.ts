/** Temporal and Sluice's own programs over a test cluster, as processes that end with the test at the latest. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { locateTools, repoRoot } from '../../../src/stack/tools.ts';
import { freePorts } from '../free-ports.ts';
import { waitFor } from '../wait-for.ts';
import { type Part, startPart } from './process.ts';
import { startWatchdog } from './watchdog.ts';

const readyWithinMs = 60_000;
const logLines = 10;

type SluicePart = 'temporal' | 'worker' | 'api' | 'guard';

export interface SluiceParts {
  readonly temporalAddress: string;
  readonly apiUrl: string;
  /** A file in the folder of the parts; its path. */
  file(name: string, text: string): string;
  /** SIGKILL, to all at once. */
  kill(...names: readonly SluicePart[]): Promise<void>;
  lastLogs(): string;
  stop(): Promise<void>;
}

/** Resolves when all are ready. `config`: what `sluice.yaml` says beside the addresses. */
export async function startSluiceParts(names: readonly SluicePart[], config: object): Promise<SluiceParts> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-parts-'));
  const watchdog = startWatchdog(folder);
  const [temporalPort = 0, apiPort = 0, guardPort = 0] = await freePorts(3);
  const temporalAddress = `127.0.0.1:${temporalPort}`;
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const addresses = {
    temporal: { address: temporalAddress },
    api: { port: apiPort },
    guard: { port: guardPort },
  };
  const env = { SLUICE_CONFIG: file('sluice.yaml', stringify({ ...config, ...addresses })) };
  const logOf = (name: string) => readFileSync(join(folder, `${name}.log`), 'utf8');
  const answers = (url: string) =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  const program = (path: string) => join(repoRoot(), 'dist', path);
  const server = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--log-level', 'error'];
  const known: Record<SluicePart, { readonly line: string[]; ready(): boolean | Promise<boolean> }> = {
    // That it serves is seen by those who need it.
    temporal: { line: [locateTools().temporal, ...server, '--port', `${temporalPort}`], ready: () => true },
    worker: {
      line: [process.execPath, program('worker/main.js')],
      ready: () => logOf('worker').includes('worker runs'),
    },
    api: { line: [process.execPath, program('api/main.js')], ready: () => answers(`${apiUrl}/readyz`) },
    guard: {
      line: [process.execPath, program('cli/main.js'), 'guard'],
      ready: () => answers(`http://127.0.0.1:${guardPort}/readyz`),
    },
  };
  const started = new Map<SluicePart, Part>();
  const stop = async () => {
    await Promise.all([...started.values()].map((part) => part.stop()));
    await watchdog.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const lastLogs = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .flatMap((name) => [
        `${name}:`,
        ...readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(-logLines),
      ])
      .join('\n');
  try {
    for (const name of names) {
      const [command = '', ...args] = known[name].line;
      started.set(name, startPart(folder, name, command, args, env));
    }
    for (const [name, part] of started) {
      const ready = () => {
        part.assertRuns();
        return known[name].ready();
      };
      await waitFor(`${name} to be ready`, ready, { timeoutMs: readyWithinMs, everyMs: 200 });
    }
  } catch (error) {
    const logs = lastLogs();
    await stop();
    throw new Error(logs, { cause: error });
  }
  return {
    temporalAddress,
    apiUrl,
    file,
    kill: async (...killed) => {
      await Promise.all(killed.map((name) => started.get(name)?.stop()));
    },
    lastLogs,
    stop,
  };
}
