/** Finds and ends processes that a run has started and left behind, by a mark in their environment (Linux only). */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 5_000;
const POLL_MS = 100;

/**
 * Waits a moment for the marked processes to end, then kills those that have not.
 * @param {string} mark a `NAME=value` that only the run's processes have in their environment
 * @param {number} [graceMs]
 * @returns {Promise<string[]>} a description of each that had to be killed
 */
export async function endLeftovers(mark, graceMs = GRACE_MS) {
  if (process.platform !== 'linux') return [];
  const deadlineMs = Date.now() + graceMs;
  let left = marked(mark);
  while (left.length > 0 && Date.now() < deadlineMs) {
    await sleep(POLL_MS);
    left = marked(mark);
  }
  const descriptions = left.map(({ pid, command }) => `${pid} ${command}`);
  for (const { pid } of left) kill(pid);
  return descriptions;
}

/** @param {string} mark */
function marked(mark) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid: Number(pid), command }];
    } catch {
      // Another user's process, or one that has just ended.
      return [];
    }
  });
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
