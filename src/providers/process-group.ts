/**
 * Commands of the operator's, each a process group of its own: ended with all that it started, and what it says is
 * bounded.
 */
import { spawn } from 'node:child_process';
import { limitOf } from './limit.ts';

interface CommandRun {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly directory?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Of what it says, the first and the last half of these are kept. */
  readonly maxBytes: number;
}

interface CommandEnd {
  /** Null: it was ended, or never ran. */
  readonly code: number | null;
  /** What ended it, in words; null: itself. */
  readonly ended: string | null;
  readonly output: string;
}

/** Between being asked to end and being made to. */
const graceMs = 2_000;
/** What still holds the output open when the command is gone, and has left its group, is not waited for longer. */
const lingerMs = 1_000;

/** Never rejects but for a caller who has given up before it began. */
export async function runCommand(run: CommandRun, outer: AbortSignal): Promise<CommandEnd> {
  outer.throwIfAborted();
  const limit = limitOf(run.timeoutMs, outer);
  try {
    return await ended(run, limit.signal, () =>
      limit.struck ? 'its time was over' : 'nobody waits for it any more',
    );
  } finally {
    limit.clear();
  }
}

function ended(run: CommandRun, signal: AbortSignal, why: () => string): Promise<CommandEnd> {
  const [program = '', ...args] = run.command;
  const said = new Output(run.maxBytes);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...(run.directory === undefined ? {} : { cwd: run.directory }),
      env: run.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const timers: NodeJS.Timeout[] = [];
    const stop = () => {
      killGroup(child.pid, 'SIGTERM');
      timers.push(setTimeout(() => killGroup(child.pid, 'SIGKILL'), graceMs));
    };
    const done = (code: number | null, how: string | null) => {
      signal.removeEventListener('abort', stop);
      for (const timer of timers) clearTimeout(timer);
      resolve({ code, ended: how, output: said.text });
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.add(chunk));
    child.once('error', (error) =>
      done(null, `it cannot be run (${error.message}): see that program and folder are there`),
    );
    child.once('exit', () => {
      // What it left behind ends with it.
      killGroup(child.pid, 'SIGKILL');
      timers.push(
        setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, lingerMs),
      );
    });
    child.once('close', (code, by) => {
      if (signal.aborted) done(null, why());
      else done(code, by === null ? null : `it was ended by ${by}`);
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

class Output {
  private readonly half: number;
  private first = Buffer.alloc(0);
  private last = Buffer.alloc(0);
  private left = 0;

  constructor(maxBytes: number) {
    this.half = Math.floor(maxBytes / 2);
  }

  add(chunk: Buffer): void {
    const room = this.half - this.first.length;
    this.first = Buffer.concat([this.first, chunk.subarray(0, Math.max(0, room))]);
    const rest = Buffer.concat([this.last, chunk.subarray(Math.max(0, room))]);
    this.left += Math.max(0, rest.length - this.half);
    this.last = rest.subarray(Math.max(0, rest.length - this.half));
  }

  get text(): string {
    const gap = this.left === 0 ? '' : `\n… ${this.left} bytes left out …\n`;
    return `${this.first.toString('utf8')}${gap}${this.last.toString('utf8')}`;
  }
}

const passed = ['PATH', 'HOME', 'LANG', 'TZ'];

/** The worker's own environment may hold secrets, so a command gets the path and what it is told. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** The command and whatever it started. */
export function killGroup(pid: number | undefined, how: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, how);
  } catch {
    // It has ended meanwhile.
  }
}
