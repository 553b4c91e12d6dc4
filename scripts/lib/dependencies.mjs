/** Installs the locked npm packages when they are missing or stale, and leaves them alone when they are not. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Failure, lastLines, missingMessage } from './failure.mjs';
import { nodeModules, readJson, root } from './paths.mjs';
import { run } from './run.mjs';
import { step } from './say.mjs';

const stampFile = join(nodeModules, '.sluice-stamp');

/**
 * @typedef {{ node: string, lock: string }} Stamp
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, any> }} Lock
 */

/** Makes node_modules agree with package-lock.json; says so only if there was something to do. */
export async function ensureDependencies() {
  const lock = readJson(join(root, 'package-lock.json'));
  const manifest = readJson(join(root, 'package.json'));
  const wanted = stampOf(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
    manifest,
    process.versions.node,
  );
  const stored = readJson(stampFile);
  // Neither the stamp nor npm's own record can know that somebody has deleted a folder since.
  const isWhole = missingFrom(nodeModules, manifest).length === 0;
  if (isWhole && isFresh(stored, wanted)) return false;
  const isOfThisNode = stored === undefined || stored.node === wanted.node;
  const installed = readJson(join(nodeModules, '.package-lock.json'));
  if (!isWhole || !isOfThisNode || !agrees(installed, lock, manifest)) await install(lock);
  writeFileSync(stampFile, `${JSON.stringify(wanted)}\n`);
  return true;
}

/**
 * What node_modules must have been made from to be fresh.
 * @param {string} lockText
 * @param {any} manifest
 * @param {string} nodeVersion
 * @returns {Stamp}
 */
export function stampOf(lockText, manifest, nodeVersion) {
  const hash = createHash('sha256')
    .update(lockText)
    .update(JSON.stringify(dependenciesOf(manifest)));
  return { node: nodeVersion.split('.')[0] ?? '', lock: hash.digest('hex') };
}

/**
 * The direct dependencies that have no folder there, or an empty one. What those need in turn is not looked for: that
 * would take as long as an installation.
 * @param {string} folder a node_modules
 * @param {any} manifest
 * @returns {string[]}
 */
export function missingFrom(folder, { dependencies, devDependencies }) {
  const names = Object.keys({ ...dependencies, ...devDependencies });
  return names.filter((name) => !existsSync(join(folder, name, 'package.json')));
}

/** @param {Stamp | undefined} stored @param {Stamp} wanted */
export function isFresh(stored, wanted) {
  return stored?.lock === wanted.lock && stored.node === wanted.node;
}

/**
 * True if npm's own record of node_modules holds exactly the locked packages, so that somebody's own `npm ci` is not
 * done again. Packages for other platforms may be absent.
 * @param {Lock | undefined} installed
 * @param {Lock} lock
 * @param {any} manifest
 */
export function agrees(installed, lock, manifest) {
  if (installed?.packages === undefined || lock.packages === undefined) return false;
  const { '': lockedRoot, ...locked } = lock.packages;
  if (JSON.stringify(dependenciesOf(lockedRoot)) !== JSON.stringify(dependenciesOf(manifest))) return false;
  const { packages } = installed;
  const nothingExtra = Object.keys(packages).every((path) => path in locked);
  return nothingExtra && Object.entries(locked).every(([path, entry]) => isSame(packages[path], entry));
}

/** @param {LockEntry | undefined} present @param {LockEntry} locked */
function isSame(present, locked) {
  if (present === undefined) return locked.optional === true || locked.devOptional === true;
  return present.version === locked.version && present.integrity === locked.integrity;
}

/** @param {any} manifest */
function dependenciesOf(manifest) {
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifest;
  return [dependencies, devDependencies, optionalDependencies, overrides];
}

/** @param {Lock} lock */
async function install(lock) {
  const count = Object.keys(lock.packages ?? {}).length - 1;
  rmSync(stampFile, { force: true });
  await step(
    'dependencies',
    `installing the packages of package-lock.json (at most ${count}) into node_modules`,
    npmCi,
    () => 'installed in node_modules, each checked by its hash',
  );
}

async function npmCi() {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm names its own file to the scripts that it runs; on its own, a script finds npm on the PATH.
  const ownNpm = process.env.npm_execpath;
  const usesNpm = ownNpm !== undefined && /npm-cli\.[cm]?js$/.test(ownNpm);
  const result = usesNpm
    ? await run(process.execPath, [ownNpm, ...args], { cwd: root })
    : await run('npm', args, { cwd: root });
  if (result.code === 0) return;
  throw new Failure(
    missingMessage({
      what: 'the npm packages ("npm ci" failed)',
      causes: [npmCause(result.stderr || result.stdout)],
      ways: [
        'check the network and the registry that npm is set to ("npm config get registry"), then run the same command again',
        'without a network: copy node_modules from a machine with the same platform and package-lock.json',
      ],
    }),
  );
}

/** npm says what is wrong first and how to use it last. @param {string} output */
export function npmCause(output) {
  const said = [...output.matchAll(/^npm (?:error|ERR!) (.+)$/gm)].map(([, text]) => (text ?? '').trim());
  const telling = said.filter((text) => text !== '' && !text.startsWith('A complete log'));
  return telling.slice(0, 8).join('\n') || lastLines(output);
}
