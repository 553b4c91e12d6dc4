/**
 * Compiles src to dist, bundles the workflow code and builds the dashboard; does nothing if nothing has changed since
 * the last build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Failure } from './lib/failure.mjs';
import { withLock } from './lib/lock.mjs';
import { distDir, nodeModules, readJson, root, shown, sluiceDir } from './lib/paths.mjs';
import { interrupted, run, runAsScript } from './lib/run.mjs';
import { step } from './lib/say.mjs';
import { tscCall } from './lib/tsc.mjs';

const stampFile = join(distDir, '.stamp');
const inputs = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/dashboard/build.mjs',
  'scripts/dashboard/options.mjs',
];

/** @typedef {{ hash: string, files: string[] }} Stamp */

/** @throws Failure if the code does not compile; the compiler's own words are on the screen by then. */
export async function build() {
  await withLock(join(sluiceDir, 'build.lock'), async () => {
    const wanted = currentStamp();
    /** @type {Stamp | undefined} */
    const built = readJson(stampFile);
    if (built?.hash === wanted.hash) return;
    // The compiler leaves behind what it made of a file that has been deleted since, so begin anew.
    if (built?.files.some((file) => !wanted.files.includes(file)))
      rmSync(distDir, { recursive: true, force: true });
    rmSync(stampFile, { force: true });
    await step('build', 'compiling src', compile, () => shown(distDir));
    const bundler = join(distDir, 'worker', 'bundle-main.js');
    if (existsSync(bundler)) {
      await step(
        'build',
        'bundling the workflows',
        () => checked([bundler], 'The workflows do not bundle'),
        () => 'bundled',
      );
    }
    await step('build', 'building the dashboard', buildDashboard, () => shown(join(distDir, 'dashboard')));
    mkdirSync(distDir, { recursive: true });
    writeFileSync(stampFile, JSON.stringify(wanted));
  });
}

/** Which sources a build would be made from, by path, time and size. @returns {Stamp} */
function currentStamp() {
  const files = filesUnder('src');
  const hash = createHash('sha256');
  for (const file of [...files, ...inputs]) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  const installed = join(nodeModules, '.sluice-stamp');
  if (existsSync(installed)) hash.update(readFileSync(installed));
  return { hash: hash.digest('hex'), files };
}

/** @param {string} folder @returns {string[]} */
function filesUnder(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
  return paths.sort();
}

async function compile() {
  await checked(tscCall('-p', 'tsconfig.build.json'), 'The code does not compile');
}

async function buildDashboard() {
  await checked([join(root, 'scripts', 'dashboard', 'build.mjs')], 'The dashboard does not build');
}

/** @param {string[]} script @param {string} complaint */
async function checked(script, complaint) {
  const { code, interruptedBy } = await run(process.execPath, script, { cwd: root, inherit: true });
  if (interruptedBy !== undefined) throw interrupted(interruptedBy);
  if (code !== 0) throw new Failure(`${complaint}: see above.`);
}

await runAsScript(import.meta.url, build);
