/** What goes wrong in the scripts, as text for a person: what, why, and the way round. */

/** A failure whose message says all there is to say, so that no stack trace is printed. */
export class Failure extends Error {
  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** True if a person or the system stopped the run: no way round is tried then. @param {unknown} error */
export function isInterruption(error) {
  return error instanceof Failure && error.exitCode > 128;
}

/**
 * The message of something that could be neither found nor fetched.
 * @param {{ what: string, causes: string[], ways: string[] }} parts
 */
export function missingMessage({ what, causes, ways }) {
  const lines = [`Could not get ${what}.`];
  for (const cause of causes) lines.push(...indent(cause, '  Cause: '));
  for (const way of ways) lines.push(...indent(way, '  Way round: '));
  return lines.join('\n');
}

/** The last lines of a child's output that say something. @param {string} text @param {number} [count] */
export function lastLines(text, count = 6) {
  const lines = text.split(/\r?\n|\r/).map((line) => line.trimEnd());
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} text @param {string} label */
function indent(text, label) {
  const [first = '', ...rest] = text.split('\n');
  return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)];
}
