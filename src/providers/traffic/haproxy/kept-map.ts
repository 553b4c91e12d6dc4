/** A map's file, kept up to date so that a restart or reload of HAProxy finds roles and stops as they were. */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SluiceError } from '../../../domain/errors.ts';

const retryLockMs = 5;
const maxLockMs = 2_000;
/** A lock is held for some milliseconds; one of this age was left by a process that died. */
const staleLockMs = 5_000;

/** Who comes while others are written waits so much longer, and in a rush many go together. */
const gatherMs = 20;

type Edits = ReadonlyMap<string, string | null>;

export class KeptMap {
  private readonly file: string;
  private pending = new Map<string, string | null>();
  private next: Promise<void> | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private busy = false;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * Sets an entry, null: deletes it; others stay. Edits made at the same time are written together. Errors:
   * `traffic-unready`.
   */
  set(key: string, value: string | null): Promise<void> {
    this.pending.set(key, value);
    this.next ??= this.flushAfter(this.last);
    this.last = this.next.catch(() => {});
    return this.next;
  }

  private async flushAfter(last: Promise<unknown>): Promise<void> {
    const waited = this.busy;
    await last;
    if (waited) await sleep(gatherMs);
    const edits = this.pending;
    this.pending = new Map();
    this.next = null;
    this.busy = true;
    try {
      await locked(`${this.file}.lock`, () => apply(this.file, edits));
    } catch (error) {
      const what = `HAProxy has it, but ${this.file} cannot be written: ${messageOf(error)}.`;
      const advice =
        'A restart would forget it. If that file is on another machine, set persistRoles to false.';
      throw new SluiceError('traffic-unready', `${what} ${advice}`, { cause: error });
    } finally {
      this.busy = false;
    }
  }
}

async function apply(file: string, edits: Edits): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = before.split('\n').filter((line) => line.trim() !== '');
  const others = lines.filter((line) => !edits.has(keyOf(line)));
  const wanted = [...edits].flatMap(([key, value]) => (value === null ? [] : [`${key} ${value}`]));
  const there = new Set(lines);
  if (lines.length === others.length + wanted.length && wanted.every((line) => there.has(line))) return;
  const text = [...others, ...wanted].map((line) => `${line}\n`).join('');
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeThrough(draft, text);
    await rename(draft, file);
  } catch (error) {
    // On a full disk a half-written draft is what there is least room for. The file itself is as it was.
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeThrough(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function keyOf(line: string): string {
  return line.trim().split(/\s+/)[0] ?? '';
}

/** Other processes edit the same file for other targets. */
async function locked(lock: string, work: () => Promise<void>): Promise<void> {
  await takeLock(lock);
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<void> {
  for (const startedMs = performance.now(); ; await sleep(retryLockMs)) {
    try {
      await (await open(lock, 'wx')).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const heldSinceMs = (await stat(lock).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - heldSinceMs > staleLockMs) await rm(lock, { force: true });
    if (performance.now() - startedMs > maxLockMs) throw new Error(`${lock} is held by another process`);
  }
}
