/** A real worker process for benches, with its configuration in a temporary file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../src/stack/tools.ts';

export interface WorkerProcess {
  stop(): Promise<void>;
}

/** Resolves when the worker polls. JSON is YAML, so the configuration is written as it is. */
export async function startWorkerProcess(config: Record<string, unknown>): Promise<WorkerProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const file = join(dir, 'sluice.yaml');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [join(repoRoot(), 'dist/worker/main.js')], {
    env: { ...process.env, SLUICE_CONFIG: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdout.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('worker runs')) resolve();
    });
    exited.then(() => reject(new Error(`the worker ended: ${text}`)), reject);
  });
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
