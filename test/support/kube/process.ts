/** One program of the test cluster: it writes to a log of its own, and ends with the test process at the latest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { end, hasEnded } from '../child.ts';

const LOG_LINES = 15;

export interface Part {
  readonly name: string;
  readonly child: ChildProcess;
  /** @throws Error with the end of its log if it has ended. */
  assertRuns(): void;
  stop(): Promise<void>;
}

/** The file in a cluster's folder that lists the process ids, for the watchdog. */
export const PIDS_FILE = 'pids';

export function startPart(
  folder: string,
  name: string,
  binary: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Part {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(binary, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let failure = '';
  child.once('error', (error) => {
    failure = error.message;
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('close', () => process.removeListener('exit', killAtExit));
  if (child.pid !== undefined) appendFileSync(join(folder, PIDS_FILE), `${child.pid}\n`);
  return {
    name,
    child,
    assertRuns() {
      if (!hasEnded(child)) return;
      const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n');
      throw new Error(`${name} (${binary}) has ended: ${failure}${tail}`);
    },
    // Nothing is worth a tidy end: the data goes as well.
    stop: () => end(child, 'SIGKILL'),
  };
}
