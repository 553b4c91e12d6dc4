/** The records of what should run in each slot; they outlive the worker, the stack and the processes themselves. */
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { TargetId } from '../../domain/plan/types.ts';
import type { Slot } from '../traffic/types.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** What should run in a slot, and the process that last did. */
interface SlotRecord extends ProcessIdentity {
  readonly version: string;
  readonly command: readonly string[];
}

export interface SlotFiles {
  readonly record: string;
  readonly log: string;
  readonly lock: string;
  /** The highest epoch that has started or stopped the slot; kept when nothing runs there. */
  readonly fence: string;
}

export function slotFiles(stateDir: string, target: TargetId, slot: Slot): SlotFiles {
  // Unlike a plain replacement of the slash, this never gives two targets the same folder.
  const folder = join(stateDir, encodeURIComponent(target).replaceAll('.', '%2E'));
  return {
    record: join(folder, `${slot}.json`),
    log: join(folder, `${slot}.log`),
    lock: join(folder, `${slot}.lock`),
    fence: join(folder, `${slot}.fence`),
  };
}

/** Null: nothing should run there. A damaged record counts as none. */
export async function readSlot(files: SlotFiles): Promise<SlotRecord | null> {
  try {
    const record: unknown = JSON.parse(await readFile(files.record, 'utf8'));
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

export async function writeSlot(files: SlotFiles, record: SlotRecord): Promise<void> {
  const draft = `${files.record}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`);
  await rename(draft, files.record);
}

export async function clearSlot(files: SlotFiles): Promise<void> {
  await rm(files.record, { force: true });
}

/**
 * Refuses what comes later than a newer owner. To be called under the slot's lock. @throws SluiceError
 * `workload-fenced`.
 */
export async function passFence(files: SlotFiles, epoch: number | undefined): Promise<void> {
  if (epoch === undefined) return;
  const text = await readFile(files.fence, 'utf8').catch(() => '');
  const highest = Number(text.trim()) || 0;
  if (epoch < highest) {
    throw new SluiceError(
      'workload-fenced',
      `Epoch ${epoch} may not change the slot: epoch ${highest} has changed it since.`,
    );
  }
  const draft = `${files.fence}.${process.pid}`;
  await writeFile(draft, `${epoch}\n`);
  await rename(draft, files.fence);
}

/**
 * Runs `body` while no other process changes the slot. A lock whose owner is dead is taken over.
 * @throws Error after `waitMs` of waiting.
 */
export async function withSlotLock<T>(files: SlotFiles, waitMs: number, body: () => Promise<T>): Promise<T> {
  await mkdir(join(files.lock, '..'), { recursive: true });
  const deadline = Date.now() + waitMs;
  while (!(await takeLock(files.lock))) {
    if (Date.now() >= deadline)
      throw new Error(`The slot is being changed by another process (${files.lock}).`);
    await sleep(20);
  }
  try {
    return await body();
  } finally {
    await rm(files.lock, { force: true });
  }
}

let drafts = 0;

async function takeLock(lock: string): Promise<boolean> {
  const draft = `${lock}.${process.pid}.${drafts++}`;
  await writeFile(draft, JSON.stringify(await identityOf(process.pid)));
  try {
    // A link appears with its content or not at all, so nobody ever reads half a lock.
    await link(draft, lock);
    return true;
  } catch {
    const owner: unknown = await readFile(lock, 'utf8')
      .then(JSON.parse)
      .catch(() => null);
    if (isIdentity(owner) && !(await isAlive(owner))) await rm(lock, { force: true });
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'mark' in value &&
    typeof value.mark === 'string'
  );
}

function isRecord(value: unknown): value is SlotRecord {
  return (
    isIdentity(value) &&
    'version' in value &&
    typeof value.version === 'string' &&
    'command' in value &&
    Array.isArray(value.command)
  );
}
