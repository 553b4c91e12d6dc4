/** `npm run dev:kube`: sets up and compiles the test cluster, starts one and stays until it is interrupted. */
import { join } from 'node:path';
import process from 'node:process';
import { Failure } from '../lib/failure.mjs';
import { nodeModules, root, sluiceDir } from '../lib/paths.mjs';
import { run, runAsScript } from '../lib/run.mjs';
import { setUp } from '../setup.mjs';
import { ensureKube } from './setup.mjs';

const program = join(sluiceDir, 'kube', 'test', 'support', 'kube', 'dev.js');

await runAsScript(import.meta.url, async () => {
  await setUp();
  await ensureKube();
  const tsc = join(nodeModules, 'typescript', 'bin', 'tsc');
  const compiled = await inForeground([tsc, '-p', 'tsconfig.kube.json']);
  if (compiled !== 0) throw new Failure('The test cluster does not compile: see above.');
  return inForeground([program]);
});

/** @param {string[]} script */
async function inForeground(script) {
  const { code } = await run(process.execPath, script, { cwd: root, inherit: true, timeoutMs: 0 });
  return code;
}
