/** Ends the programs that tests run, for certain. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** `insistMs`: after so long it is killed; longer where how it ends counts. */
export async function end(child: ChildProcess, signal: NodeJS.Signals, insistMs = 5_000): Promise<void> {
  if (hasEnded(child)) return;
  const closed = once(child, 'close');
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), insistMs);
  await closed;
  clearTimeout(insist);
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
