/** A real worker or API process for benches, with its configuration in a temporary file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../src/stack/tools.ts';
import { end } from '../../test/support/child.ts';

interface SluiceProcess {
  stop(): Promise<void>;
}

/** A worker has ten seconds to finish what it does. */
const insistMs = 15_000;

/** What each process logs when it serves. */
const readyLines = { worker: 'worker runs', api: 'API runs' } as const;

/** Resolves when the process serves. JSON is YAML, so the configuration is written as it is. */
export async function startSluiceProcess(
  part: keyof typeof readyLines,
  config: Record<string, unknown>,
  profileDir?: string,
): Promise<SluiceProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const file = join(dir, 'sluice.yaml');
  writeFileSync(file, JSON.stringify(config));
  const profile =
    profileDir === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${part}.cpuprofile`];
  const child = spawn(process.execPath, [...profile, join(repoRoot(), 'dist', part, 'main.js')], {
    env: { ...process.env, SLUICE_CONFIG: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdout.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    let text = '';
    const listen = (chunk: string) => {
      text += chunk;
      if (!text.includes(readyLines[part])) return;
      child.stdout.off('data', listen);
      resolve();
    };
    child.stdout.on('data', listen);
    exited.then(() => reject(new Error(`the ${part} ended: ${text}`)), reject);
  });
  // Its log must not fill the pipe.
  child.stdout.resume();
  return {
    stop: async () => {
      await end(child, 'SIGTERM', insistMs);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
