/**
 * The local stack in a folder of its own, as a person starts it or by its supervisor alone, and what runs there still.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../src/stack/tools.ts';
import { waitFor } from './wait-for.ts';

export interface Up {
  readonly child: ChildProcess;
  /** How it ended, once all that it said has been read. */
  readonly ended: Promise<number | null>;
  text(): string;
}

/** `sluice up`. */
export function up(home: string, ...args: readonly string[]): Up {
  return launched(home, [join(repoRoot(), 'dist/cli/main.js'), 'up', ...args]);
}

/** What is behind `sluice up`, for this repository or a folder that a test has made up. */
export function supervised(home: string, portBase: number, root = repoRoot()): Up {
  const call = `import { runStack } from '${join(repoRoot(), 'dist/stack/stack.js')}';
    process.exit(await runStack(${JSON.stringify({ portBase, root })}));`;
  return launched(home, ['--input-type=module', '-e', call]);
}

/** Resolves when everything is up. Throws with all that was said when the stack ends before. */
export async function ready(stack: Up): Promise<Up> {
  const isUp = waitFor('the stack', () => stack.text().includes('Everything stays up'), {
    timeoutMs: 150_000,
  });
  const hasEnded = stack.ended.then((code) => {
    throw new Error(`the stack ended with ${code}:\n${stack.text()}`);
  });
  await Promise.race([isUp, hasEnded]);
  return stack;
}

function launched(home: string, args: readonly string[]): Up {
  const child = spawn(process.execPath, args, {
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
  // Its last words may be on their way still when a process has ended.
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return { child, ended, text: () => text };
}

/** SIGKILL for all that runs there, until nothing does. */
export async function killAll(home: string): Promise<void> {
  await waitFor('everything to be dead', () => {
    const running = processesOf(home);
    for (const { pid } of running) kill(pid);
    return running.length === 0;
  });
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

/** One that has ended by itself meanwhile is dead too. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Empty if it cannot be read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
