/** Runs child processes that never outlive this one, and gives a script its exit code. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Failure, lastLines, messageOf } from './failure.mjs';

const KEPT_OUTPUT_CHARS = 1_000_000;
const KILL_AFTER_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 15 * 60_000;

/**
 * @typedef {object} Result
 * @property {number} code
 * @property {string} stdout
 * @property {string} stderr
 * @property {NodeJS.Signals | undefined} interruptedBy set only for a child that writes to this screen: its end is the
 *   caller's to tell, where others end in a Failure
 */
/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to this process's own
 * @property {boolean} [inherit] the child writes to this screen instead of into the result
 * @property {number} [timeoutMs] default 15 minutes; 0 means none
 */

/**
 * Runs a program and waits for its end, whatever its exit code. Signals to this process are passed on, and this
 * process ends by them once the child has ended.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Result>}
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: options.inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output.stdout = (output.stdout + text).slice(-KEPT_OUTPUT_CHARS);
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output.stderr = (output.stderr + text).slice(-KEPT_OUTPUT_CHARS);
  });
  const signals = passOnSignals(child);
  const limit = limitTime(child, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    const code = await ended(child, command);
    const interruptedBy = signals.received();
    if (interruptedBy !== undefined && !options.inherit) throw interrupted(interruptedBy);
    if (limit.passed()) output.stderr += `\n${command} was stopped: it took longer than its time limit.`;
    return { code, ...output, interruptedBy };
  } finally {
    limit.clear();
    signals.clear();
  }
}

/**
 * Like `run`, but an exit code other than 0 is a Failure that carries the child's last lines.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function must(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const said = lastLines(result.stderr) || lastLines(result.stdout) || 'it said nothing';
  throw new Failure(`"${command} ${args[0] ?? ''}" ended with code ${result.code}: ${said}`);
}

/** @param {NodeJS.Signals} signal */
export function interrupted(signal) {
  return new Failure(`Interrupted (${signal}).`, exitCodeOf(signal));
}

/**
 * Runs `main` if the module is the script that node was started with, and sets the exit code.
 * @param {string} moduleUrl
 * @param {() => Promise<number | void>} main
 */
export async function runAsScript(moduleUrl, main) {
  if (process.argv[1] === undefined || moduleUrl !== pathToFileURL(process.argv[1]).href) return;
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {string} command @returns {Promise<number>} */
function ended(child, command) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`Cannot run "${command}": ${messageOf(error)}`)));
    child.once('close', (code, signal) => resolve(code ?? exitCodeOf(signal ?? 'SIGTERM')));
  });
}

/**
 * A terminal sends Ctrl-C to the child as well as to this process: passing it on would count as a second one.
 * @param {import('node:child_process').ChildProcess} child
 */
function passOnSignals(child) {
  /** @type {NodeJS.Signals | undefined} */
  let received;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    received = signal;
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, passOn);
  return {
    received: () => received,
    clear: () => {
      for (const signal of signals) process.off(signal, passOn);
    },
  };
}

/** @param {import('node:child_process').ChildProcess} child @param {number} timeoutMs */
function limitTime(child, timeoutMs) {
  let passed = false;
  /** @type {NodeJS.Timeout[]} */
  const timers = [];
  if (timeoutMs > 0) {
    timers.push(
      setTimeout(() => {
        passed = true;
        child.kill('SIGTERM');
      }, timeoutMs),
      setTimeout(() => child.kill('SIGKILL'), timeoutMs + KILL_AFTER_MS),
    );
  }
  return { passed: () => passed, clear: () => timers.forEach(clearTimeout) };
}

/** @param {NodeJS.Signals} signal */
function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 15);
}
