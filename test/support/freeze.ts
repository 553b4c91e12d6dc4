/** Has a process stand still, as one that hangs. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitFor } from './wait-for.ts';

/** SIGSTOP. Resolves when all threads have heeded it: on a busy machine one of them may go on answering for a while. */
export async function freeze(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  const { pid } = child;
  await waitFor(`process ${pid} to stand still`, () => threadStates(pid).every((state) => state === 'T'));
}

/** None where the system does not tell. */
function threadStates(pid: number | undefined): string[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).map((thread) => stateIn(readFileSync(`${tasks}/${thread}/stat`, 'utf8')));
}

/** `17 (name) T …`; the name may have brackets. */
function stateIn(stat: string): string {
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
