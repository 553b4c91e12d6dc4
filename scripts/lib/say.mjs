/** What the set-up says on the screen: one line when a step begins, one when it ends, with its time. */

let quiet = false;

/** Leaves out everything but what is wrong. @param {boolean} value */
export function setQuiet(value) {
  quiet = value;
}

/** @param {string} topic @param {string} text */
export function say(topic, text) {
  if (!quiet) console.log(`${topic.padEnd(20)}${text}`);
}

/**
 * Says that something begins, does it, and says how long it took and where the result is.
 * @template T
 * @param {string} topic
 * @param {string} beginning
 * @param {() => Promise<T>} work
 * @param {(result: T) => string} ending
 * @returns {Promise<T>}
 */
export async function step(topic, beginning, work, ending) {
  say(topic, `${beginning} ...`);
  const startedMs = Date.now();
  const result = await work();
  say(topic, `${ending(result)} (${seconds(Date.now() - startedMs)})`);
  return result;
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
