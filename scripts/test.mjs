/** `npm test`: set-up, build, format and lint, types, then every test; with arguments, only vitest with these. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { ensureKube } from './kube/setup.mjs';
import { usesKube } from './kube/uses.mjs';
import { endLeftovers } from './lib/leftovers.mjs';
import { nodeModules, readJson, root, sluiceDir } from './lib/paths.mjs';
import { giveRoomForGarbage } from './lib/room-for-garbage.mjs';
import { interrupted, run, runAsScript } from './lib/run.mjs';
import { say } from './lib/say.mjs';
import { tally } from './lib/tally.mjs';
import { tscCall } from './lib/tsc.mjs';
import { setUp } from './setup.mjs';

const reportFile = join(sluiceDir, 'test-report.json');
// Every process of the run inherits it, however deep, so that one that is left behind can be found.
const runId = randomUUID();

giveRoomForGarbage();

await runAsScript(import.meta.url, async () => {
  const vitestArgs = process.argv.slice(2);
  await setUp();
  if (usesKube(vitestArgs)) await ensureKube();
  await build();
  try {
    const checks = vitestArgs.length === 0 ? await runChecks() : {};
    const exitCode = await runVitest(vitestArgs);
    const leftovers = await endLeftovers(`SLUICE_RUN_ID=${runId}`);
    const { passed, failed, notes } = tally({ checks, report: readJson(reportFile), exitCode, leftovers });
    for (const note of notes) console.log(note);
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    // Only something left if the run was interrupted.
    await endLeftovers(`SLUICE_RUN_ID=${runId}`);
  }
});

async function runChecks() {
  return {
    'format and lint (npm run fix repairs most)': await succeeds([
      join(nodeModules, '@biomejs', 'biome', 'bin', 'biome'),
      ...['check', '.'],
    ]),
    types: await succeeds(tscCall('-p', 'tsconfig.json', '--noEmit')),
    'types of the dashboard': await succeeds(tscCall('-p', 'src/dashboard/tsconfig.json')),
  };
}

/** @param {string[]} script with its arguments */
async function succeeds([program = '', ...args]) {
  say('check', `${basename(program)} ${args.join(' ')}`);
  return (await runMarked([program, ...args])) === 0;
}

/** @param {string[]} args */
async function runVitest(args) {
  mkdirSync(sluiceDir, { recursive: true });
  rmSync(reportFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  return runMarked([join(nodeModules, 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args]);
}

/** @param {string[]} script */
async function runMarked(script) {
  const options = { cwd: root, inherit: true, timeoutMs: 0, env: { SLUICE_RUN_ID: runId } };
  const { code, interruptedBy } = await run(process.execPath, script, options);
  if (interruptedBy !== undefined) throw interrupted(interruptedBy);
  return code;
}
