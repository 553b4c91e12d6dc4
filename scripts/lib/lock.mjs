/** A lock between processes, so that two set-ups or builds of the same folder do not collide. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.mjs';
import { shown } from './paths.mjs';
import { say } from './say.mjs';

const POLL_MS = 200;
const WAIT_LIMIT_MS = 20 * 60_000;
// The owner's id is written just after the folder is made; a folder that stays without one was abandoned in between.
const UNNAMED_LIMIT_MS = 5_000;

/**
 * Does the work while holding the lock folder; waits for another living process that holds it.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, work) {
  mkdirSync(dirname(folder), { recursive: true });
  await acquire(folder);
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} folder */
async function acquire(folder) {
  const deadlineMs = Date.now() + WAIT_LIMIT_MS;
  let told = false;
  while (!tryAcquire(folder)) {
    const owner = ownerOf(folder);
    if (isAbandoned(folder, owner)) {
      takeAway(folder, owner);
      continue;
    }
    if (Date.now() > deadlineMs) {
      throw new Failure(
        `Process ${owner} still holds ${shown(folder)}. If it is not a set-up, delete that folder.`,
      );
    }
    if (!told) say('waiting', `for process ${owner ?? '?'}, which is at the same work (${shown(folder)})`);
    told = true;
    await sleep(POLL_MS);
  }
}

/** @param {string} folder */
function tryAcquire(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

/** @param {string} folder @returns {number | undefined} */
function ownerOf(folder) {
  try {
    return Number.parseInt(readFileSync(join(folder, 'pid'), 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} folder @param {number | undefined} owner */
export function isAbandoned(folder, owner = ownerOf(folder)) {
  if (owner !== undefined) return !isAlive(owner);
  try {
    return Date.now() - statSync(folder).mtimeMs > UNNAMED_LIMIT_MS;
  } catch {
    return false;
  }
}

/**
 * Renames first: of two processes that find the lock abandoned, one must not take away the other's new one.
 * @param {string} folder
 * @param {number | undefined} owner
 */
function takeAway(folder, owner) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
    if (ownerOf(aside) !== owner) renameSync(aside, folder);
  } catch {
    // Another process was quicker; the next round looks again.
  }
  rmSync(aside, { recursive: true, force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
