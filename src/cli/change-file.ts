/**
 * Changes a file that other commands may change at the same moment: one after the other, each upon what the one before
 * has left. Who is at it is said by a lock file beside it.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import { identityOf, isAlive } from '../providers/workload/process-identity.ts';
import { badInput, CliError } from './cli-error.ts';
import type { Io } from './io.ts';

/** How long others are waited for. */
const waitMs = 10_000;
const lookEveryMs = 25;

/** To read and write a small file takes nobody so long: who has a lock for longer has left it behind. */
const staleMs = 60_000;

/** An empty mark is that of a process that could not be asked when it began. */
const holderSchema = z.object({ pid: z.int(), mark: z.string().min(1), host: z.string() });

/** What the file is to hold, and what there is to tell of it. */
export interface Changed<T> {
  readonly text: string;
  readonly result: T;
}

/**
 * `change` reads the file and says what it is to hold; nobody else changes it meanwhile. What it throws leaves the file
 * as it was. Errors: bad input where the file cannot be written, or others are at it for more than 10 s.
 */
export async function changeFile<T>(
  path: string,
  io: Pick<Io, 'now' | 'sleep' | 'replaceText'>,
  change: () => Promise<Changed<T>>,
): Promise<T> {
  const lock = `${path}.lock`;
  const host = hostname();
  const own = JSON.stringify({ ...(await identityOf(process.pid)), host, id: randomUUID() });
  const cannot = (error: unknown) => {
    throw error instanceof CliError
      ? error
      : badInput(`${path} cannot be written: ${messageOf(error)}`, 'Check the path and its permissions.');
  };
  await take(lock, own, io).catch(cannot);
  try {
    const { text, result } = await change();
    // Whoever was stopped for a minute in between has lost it, and must not undo what others did since.
    if ((await holderOf(lock)) !== own) throw held(lock);
    await io.replaceText(path, text).catch(cannot);
    return result;
  } finally {
    if ((await holderOf(lock)) === own) await rm(lock, { force: true });
  }
}

async function take(lock: string, own: string, io: Pick<Io, 'now' | 'sleep'>): Promise<void> {
  for (const beganMs = io.now(); !(await made(lock, own)); await io.sleep(lookEveryMs)) {
    const holder = await holderOf(lock);
    if (holder !== null && (await isStale(lock, holder, io.now()))) await takeAway(lock, holder);
    if (io.now() - beganMs > waitMs) throw held(lock);
  }
}

async function made(lock: string, own: string): Promise<boolean> {
  try {
    await writeFile(lock, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Null: nobody, or nobody who may be known. */
async function holderOf(lock: string): Promise<string | null> {
  return await readFile(lock, 'utf8').catch(() => null);
}

/** Processes of another machine cannot be looked at; only the age tells of them. */
async function isStale(lock: string, holder: string, nowMs: number): Promise<boolean> {
  const found = await stat(lock).catch(() => null);
  if (found !== null && nowMs - found.mtimeMs > staleMs) return true;
  const owner = holderSchema.safeParse(jsonOf(holder));
  return owner.success && owner.data.host === hostname() && !(await isAlive(owner.data));
}

/** It is empty until its owner has written it. */
function jsonOf(holder: string): unknown {
  try {
    return JSON.parse(holder);
  } catch {
    return null;
  }
}

/** Of two that find it stale, the second must not take away what the first has made since; so that is put back. */
async function takeAway(lock: string, holder: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
    if ((await holderOf(aside)) !== holder) await link(aside, lock);
  } catch {
    // Another was quicker; the next look tells.
  }
  await rm(aside, { force: true });
}

function held(lock: string): CliError {
  const file = lock.replace(/\.lock$/, '');
  return badInput(
    `Another command is changing ${file}, and has not ended.`,
    `Try again; if no other sluice runs, delete ${lock}.`,
  );
}
