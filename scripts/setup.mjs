/** The whole set-up: Node's version, npm packages, tools. A second run finds all in place in well under two seconds. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureDependencies } from './lib/dependencies.mjs';
import { Failure } from './lib/failure.mjs';
import { isAtLeast } from './lib/find.mjs';
import { withLock } from './lib/lock.mjs';
import { sluiceDir } from './lib/paths.mjs';
import { runAsScript } from './lib/run.mjs';
import { say, seconds, setQuiet } from './lib/say.mjs';
import { ensureTools } from './tools.mjs';

/** @type {[number, number]} */
const OLDEST_NODE = [20, 19];

/**
 * Brings this folder to where everything can run. It writes to node_modules and .sluice and nowhere else, so deleting
 * the folder undoes it.
 * @param {{ quiet?: boolean, forTests?: boolean }} [options] `forTests` false: without the programs that only tests run
 */
export async function setUp({ quiet = false, forTests = true } = {}) {
  setQuiet(quiet);
  const startedMs = Date.now();
  requireNode(process.versions.node);
  mkdirSync(sluiceDir, { recursive: true });
  const worked = await withLock(join(sluiceDir, 'setup.lock'), async () => {
    const installed = await ensureDependencies();
    const fetched = await ensureTools({ forTests });
    return installed || fetched;
  });
  const what = worked ? 'done; it wrote to node_modules and .sluice only' : 'all in place';
  say('set-up', `${what} (${seconds(Date.now() - startedMs)})`);
}

/** @param {string} version */
export function requireNode(version) {
  if (isAtLeast(version, OLDEST_NODE)) return;
  throw new Failure(
    `Sluice needs Node ${OLDEST_NODE.join('.')} or newer, but this is Node ${version}. ` +
      'Get one from your package manager or https://nodejs.org, then run the same command again.',
  );
}

await runAsScript(import.meta.url, () => setUp());
