/** A process workload in a folder of its own, whose versions are tiny servers that behave as their names say. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAll } from '../../src/providers/workload/process-fleet.ts';
import { type ProcessSettings, processSettings } from '../../src/providers/workload/process-settings.ts';
import { freePort } from './free-ports.ts';

/** `crash…` ends at once, `never…` never becomes ready, `stubborn…` ignores SIGTERM; all others serve. */
const script = `
  const [version, port] = process.argv.slice(1);
  console.log('this is ' + version);
  if (version.startsWith('crash')) { console.error('no database'); process.exit(3); }
  if (version.startsWith('stubborn')) process.on('SIGTERM', () => {});
  require('node:http').createServer((request, response) => {
    response.writeHead(version.startsWith('never') ? 503 : 200, { 'x-version': version, 'x-secret': process.env.SECRET ?? 'none' });
    response.end();
  }).listen(Number(port), '127.0.0.1');
`;

export interface ProcessBench {
  readonly settings: ProcessSettings;
  readonly target: { readonly id: string; readonly options: Record<string, unknown> };
  /** Process id on record; 0: none. */
  pid(slot: 'blue' | 'green'): Promise<number>;
  /** Version that really answers on the slot's port; null: none. */
  serving(slot: 'blue' | 'green'): Promise<string | null>;
  close(): Promise<void>;
}

export async function openProcessBench(over: Partial<ProcessSettings> = {}): Promise<ProcessBench> {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-workload-'));
  const [blue, green] = [await freePort(), await freePort()];
  const settings = processSettings.parse({
    command: [process.execPath, '-e', script, '{{version}}', '{{port}}'],
    stateDir,
    targets: { 'test/shop': { blue, green } },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 500,
    ...over,
  });
  const target = { id: 'test/shop', options: {} };
  return {
    settings,
    target,
    async pid(slot) {
      const text = await readFile(join(stateDir, 'test%2Fshop', `${slot}.json`), 'utf8').catch(() => '{}');
      const { pid } = JSON.parse(text) as { pid?: number };
      return pid ?? 0;
    },
    async serving(slot) {
      const answer = await fetch(`http://127.0.0.1:${slot === 'blue' ? blue : green}/`).catch(() => null);
      return answer?.headers.get('x-version') ?? null;
    },
    async close() {
      await stopAll(settings);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
