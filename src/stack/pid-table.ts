/** Remembers on disk what the stack has started, so that a start after `kill -9` finds and ends what was left. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import {
  endProcess,
  identityOf,
  isAlive,
  type ProcessIdentity,
} from '../providers/workload/process-identity.ts';

interface Entry extends ProcessIdentity {
  readonly name: string;
}

export interface PidTable {
  /** Call right after the start of a process. */
  add(name: string, pid: number): Promise<ProcessIdentity>;
  remove(pid: number): void;
  /** Forgets everything: nothing of the stack runs any more. */
  release(): void;
}

interface Claim {
  readonly table: PidTable;
  /** What an earlier stack had left and is ended now, in words; empty: nothing. */
  readonly leftovers: readonly string[];
}

const leftoverGraceMs = 3_000;

/** Takes the folder for this process and ends what a killed stack left. @throws Error if a stack runs here already. */
export async function claimStack(file: string): Promise<Claim> {
  const own = await identityOf(process.pid);
  const leftovers: string[] = [];
  for (let attempt = 0; !create(file, own); attempt++) {
    const entries = read(file);
    const owner = entries.find(({ name }) => name === 'supervisor');
    if ((owner && (await isAlive(owner))) || attempt >= 3) {
      throw new Error(
        `A stack is running in this folder already (process ${owner?.pid ?? '?'}). Stop it with Ctrl-C where it runs, or with: kill ${owner?.pid ?? '<pid>'}`,
      );
    }
    // Ended in the reverse order of their start; a process that merely got an old number is left alone.
    for (const entry of entries.toReversed()) {
      const ending = await endProcess(entry, leftoverGraceMs);
      if (ending === 'stuck')
        throw new Error(`${entry.name} of an earlier stack (process ${entry.pid}) cannot be ended.`);
      if (ending !== 'gone') leftovers.push(`${entry.name} (process ${entry.pid})`);
    }
    rmSync(file, { force: true });
  }
  return { table: tableOn(file, own), leftovers };
}

function tableOn(file: string, own: ProcessIdentity): PidTable {
  const entries = new Map<number, Entry>([[own.pid, { name: 'supervisor', ...own }]]);
  const save = () => {
    const draft = `${file}.draft`;
    writeFileSync(draft, `${JSON.stringify([...entries.values()], null, 2)}\n`);
    renameSync(draft, file);
  };
  return {
    async add(name, pid) {
      const identity = await identityOf(pid);
      entries.set(pid, { name, ...identity });
      save();
      return identity;
    },
    remove(pid) {
      if (entries.delete(pid)) save();
    },
    release() {
      rmSync(file, { force: true });
    },
  };
}

/** False if the file exists. It appears with its content or not at all. */
function create(file: string, own: ProcessIdentity): boolean {
  const draft = `${file}.${own.pid}`;
  writeFileSync(draft, `${JSON.stringify([{ name: 'supervisor', ...own }])}\n`);
  try {
    linkSync(draft, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A damaged table counts as empty: nothing is ended on the word of a file that cannot be read. */
function read(file: string): Entry[] {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(content) ? content.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { name, pid, mark } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof pid === 'number' && typeof mark === 'string';
}
