/** Programs of the repository that are written in TypeScript and are no part of dist: compiled, and run by Node.js. */
import process from 'node:process';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { tscCall } from './tsc.mjs';

/** @param {string} config a tsconfig file @throws Failure after the compiler's own words */
export async function compile(config) {
  const code = await inForeground(tscCall('-p', config));
  if (code !== 0) throw new Failure(`What ${config} names does not compile: see above.`);
}

/**
 * The exit code of a script that has the terminal.
 * @param {string[]} script
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function inForeground(script, env = {}) {
  const { code } = await run(process.execPath, script, { cwd: root, inherit: true, timeoutMs: 0, env });
  return code;
}
