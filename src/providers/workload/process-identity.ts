/** Tells whether a process is still the one that was started: a process id alone may have been given to another. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * A process that outlives whoever started it. `mark` says when it began; empty: it was gone before it could be asked.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly mark: string;
}

export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { pid, mark: (await markOf(pid)) ?? '' };
}

/** Whether this very process runs. A zombie does not. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return identity.mark !== '' && (await markOf(identity.pid)) === identity.mark;
}

/**
 * Ends the process and its group: SIGTERM, then SIGKILL after `graceMs`. Never touches a process that is not the one
 * meant. Returns how it ended; `stuck` if even SIGKILL had no effect within 2 s.
 */
export async function endProcess(
  identity: ProcessIdentity,
  graceMs: number,
): Promise<'gone' | 'ended' | 'killed' | 'stuck'> {
  if (!(await isAlive(identity))) return 'gone';
  signalGroup(identity.pid, 'SIGTERM');
  if (await endsWithin(identity, graceMs)) return 'ended';
  signalGroup(identity.pid, 'SIGKILL');
  return (await endsWithin(identity, 2_000)) ? 'killed' : 'stuck';
}

async function endsWithin(identity: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (await isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const receiver of [-pid, pid]) {
    try {
      process.kill(receiver, signal);
      return;
    } catch {
      // No such group: the process does not lead one, or has just ended. The second try settles it.
    }
  }
}

async function markOf(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? linuxMark(pid) : portableMark(pid);
}

function linuxMark(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so the fields are counted from its end: state is field 3, start 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === undefined || startTicks === undefined) return null;
    if ('ZX'.includes(state) && !hasThreadsLeft(pid)) return null;
    return `${bootId()}:${startTicks}`;
  } catch {
    return null;
  }
}

/** The first thread may be over before the others, which hold the ports of the process until they are. */
function hasThreadsLeft(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).length > 1;
}

let knownBootId: string | undefined;

/** Ticks count from the boot, so they tell nothing across one. */
function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}

async function portableMark(pid: number): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state, ...started] = stdout.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}
