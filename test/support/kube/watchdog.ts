/** Ends what a killed test process leaves behind: it notices by the pipe that closes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { end } from '../child.ts';
import { PIDS_FILE } from './process.ts';

// A process id may have gone to another process since; ours work in the folder.
const SCRIPT = `cat >/dev/null
for pid in $(cat "$1/$2"); do
  if [ ! -d /proc/self ] || [ "/proc/$pid/cwd" -ef "$1" ]; then kill -9 "$pid"; fi
done
sleep 0.5
rm -rf "$1"`;

interface Watchdog {
  readonly child: ChildProcess;
  /** Nothing is left behind, so it may go. */
  stop(): Promise<void>;
}

/** Runs until its parent has gone, then kills the cluster's processes and deletes its folder. */
export function startWatchdog(folder: string): Watchdog {
  const child: ChildProcess = spawn('sh', ['-c', SCRIPT, 'watchdog', folder, PIDS_FILE], {
    cwd: join(folder, '..'),
    // A group of its own: Ctrl-C in a terminal must not end it before its work is done.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  return { child, stop: () => end(child, 'SIGKILL') };
}
