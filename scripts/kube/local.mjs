/** Finds the test cluster's programs on this machine, and says of those that will not do why. */
import { join } from 'node:path';
import process from 'node:process';
import { isAtLeast, isExecutable, onPath } from '../lib/find.mjs';
import { run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { cacheDir } from './cache.mjs';

/** @typedef {import('./pins.mjs').Program} Program */

/** In KUBEBUILDER_ASSETS, on the PATH, or built before. @param {Program} program */
export async function findProgram(program) {
  const { name } = program;
  const assets = process.env.KUBEBUILDER_ASSETS;
  for (const path of [assets ? join(assets, name) : undefined, onPath(name)]) {
    if (path === undefined || !isExecutable(path)) continue;
    const unfit = await unfitness(program, path);
    const judged = unfit === undefined ? '(already on this machine)' : `will not do: ${unfit}`;
    say('test cluster', `${path} ${judged}`);
    if (unfit === undefined) return path;
  }
  const built = join(cacheDir(), 'bin', name);
  return isExecutable(built) ? built : undefined;
}

/** @param {Program} program @param {string} path */
async function unfitness({ asks, fits }, path) {
  const { code, stdout, stderr } = await run(path, asks, { timeoutMs: 10_000 });
  if (code !== 0) return `it does not run (${stderr.trim().split('\n').at(-1)})`;
  return versionUnfit(stdout, fits);
}

/** @param {string} said what a program says of its version @param {Program['fits']} fits */
export function versionUnfit(said, { least, only }) {
  const version = /\d+\.\d+\S*/.exec(said)?.[0] ?? 'of unknown version';
  const [major, minor] = least;
  const fitting = isAtLeast(version, least) && !(only && isAtLeast(version, [major, minor + 1]));
  return fitting ? undefined : `it is ${version}, but ${major}.${minor} ${only ? '' : 'or newer '}is needed`;
}
