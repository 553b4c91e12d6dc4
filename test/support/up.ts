/** `sluice up` as a person starts it, in a folder of its own, and what runs there still when it has ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../src/stack/tools.ts';

export interface Up {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  text(): string;
}

export function up(home: string, ...args: readonly string[]): Up {
  const main = join(repoRoot(), 'dist/cli/main.js');
  const child = spawn(process.execPath, [main, 'up', ...args], {
    env: { ...process.env, SLUICE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  return { child, ended: once(child, 'exit').then(([code]) => code), text: () => text };
}

/** Processes whose command line or environment names the folder. */
export function processesOf(home: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].some((file) => read(file).includes(home)),
    )
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }));
}

/** Empty if it cannot be read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
