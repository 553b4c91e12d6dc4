/**
 * `npm run setup:kube`: finds or builds what the test cluster runs, and writes the paths to .sluice/tools/kube.json.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Failure, isInterruption, messageOf, missingMessage } from '../lib/failure.mjs';
import { isExecutable, onPath } from '../lib/find.mjs';
import { withLock } from '../lib/lock.mjs';
import { readJson, shown, toolsDir } from '../lib/paths.mjs';
import { runAsScript } from '../lib/run.mjs';
import { say, seconds, step } from '../lib/say.mjs';
import { setUp } from '../setup.mjs';
import { cacheDir } from './cache.mjs';
import { crdsDir, getCrds, missingCrds } from './crds.mjs';
import { buildProgram, requireGo } from './go.mjs';
import { findProgram } from './local.mjs';
import { oldestGo, programs } from './pins.mjs';

/** @typedef {import('./pins.mjs').Program} Program */
/** @typedef {import('./pins.mjs').CrdSet} CrdSet */

const TOPIC = 'test cluster';
const pathsFile = join(toolsDir, 'kube.json');

/**
 * Brings this machine to where the test cluster can run. A run that finds all in place only looks at the files.
 * @throws Failure with what to install.
 */
export async function ensureKube() {
  const foundFor = circumstances();
  if (isComplete(readJson(pathsFile), foundFor)) return;
  const startedMs = Date.now();
  mkdirSync(cacheDir(), { recursive: true });
  const worked = await withLock(join(cacheDir(), 'lock'), async () => {
    /** @type {Record<string, string>} */
    const paths = {};
    /** @type {Program[]} */
    const missing = [];
    for (const program of programs) {
      const path = await findProgram(program);
      if (path === undefined) missing.push(program);
      else paths[program.name] = path;
    }
    const sets = missingCrds();
    const work = missing.length + sets.length > 0;
    if (work) await make(missing, sets, paths);
    write({ programs: paths, crds: crdsDir(), foundFor });
    return work;
  });
  if (!worked) {
    say(TOPIC, `all in place in ${cacheDir()}`);
    return;
  }
  say(TOPIC, `all in place (${seconds(Date.now() - startedMs)}). To undo, delete ${cacheDir()};`);
  say('', `"go clean -cache -modcache" empties Go's own caches too, for all projects`);
}

/**
 * True if the paths were found for these circumstances and each is still there.
 * @param {any} stored
 * @param {string} foundFor
 */
export function isComplete(stored, foundFor) {
  if (stored?.foundFor !== foundFor) return false;
  const whole = programs.every(({ name }) => isExecutable(String(stored.programs?.[name])));
  return whole && missingCrds().length === 0;
}

/** What decides which programs are taken: the pins with the cache's place, and what is on this machine. */
function circumstances() {
  const onMachine = programs.map(({ name }) => onPath(name) ?? '');
  return createHash('sha256')
    .update(JSON.stringify([cacheDir(), process.env.KUBEBUILDER_ASSETS ?? '', onMachine]))
    .digest('hex');
}

/** @param {Program[]} missing @param {CrdSet[]} sets @param {Record<string, string>} paths gets those that are built */
async function make(missing, sets, paths) {
  try {
    const { version } = await requireGo();
    say(TOPIC, `built once with Go ${version} and kept in ${cacheDir()}`);
    if (missing.length > 0)
      say('', `it takes about 10 minutes on two processors, and 5 GB with what Go keeps for the next build`);
    for (const set of sets) {
      const what = `taking ${set.name} definitions from ${set.module} ${set.version}`;
      const get = () => getCrds(set);
      await step(TOPIC, what, get, () => shown(join(crdsDir(), set.name)));
    }
    for (const program of missing) {
      const what = `building ${program.source}`;
      paths[program.name] = await step(TOPIC, what, () => buildProgram(program), shown);
    }
  } catch (error) {
    if (isInterruption(error)) throw error;
    throw new Failure(adviceFor(missing, messageOf(error)));
  }
}

/** @param {Program[]} missing @param {string} cause */
function adviceFor(missing, cause) {
  const names = missing.map(({ name }) => name).join(', ') || 'resource definitions';
  return missingMessage({
    what: `what the Kubernetes tests run (${names})`,
    causes: [cause],
    ways: [
      `install Go ${oldestGo().join('.')} or newer (https://go.dev/dl; Fedora: dnf install golang; macOS: brew install go),\n` +
        'make its module proxy reachable (Go obeys GOPROXY and HTTPS_PROXY), and run the same command again',
      'or set SLUICE_KUBE_CACHE to a copy of such a folder from a machine that has Go',
      'or, for the other tests only: npm test -- --project "!kube"',
    ],
  });
}

/** @param {object} content */
function write(content) {
  mkdirSync(toolsDir, { recursive: true });
  writeFileSync(`${pathsFile}.new`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${pathsFile}.new`, pathsFile);
}

await runAsScript(import.meta.url, async () => {
  await setUp();
  await ensureKube();
});
