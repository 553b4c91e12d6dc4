/** Sets up and compiles what runs on the test cluster by itself, and runs one of its programs in the foreground. */
import { join } from 'node:path';
import process from 'node:process';
import { Failure } from '../lib/failure.mjs';
import { nodeModules, root, sluiceDir } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { setUp } from '../setup.mjs';
import { ensureKube } from './setup.mjs';

/** @param {string} name path under test/support/kube, without its ending */
export async function runOnCluster(name) {
  await setUp();
  await ensureKube();
  const tsc = join(nodeModules, 'typescript', 'bin', 'tsc');
  const compiled = await inForeground([tsc, '-p', 'tsconfig.kube.json']);
  if (compiled !== 0) throw new Failure('The test cluster does not compile: see above.');
  return inForeground([join(sluiceDir, 'kube', 'test', 'support', 'kube', `${name}.js`)]);
}

/** @param {string[]} script */
async function inForeground(script) {
  const { code } = await run(process.execPath, script, { cwd: root, inherit: true, timeoutMs: 0 });
  return code;
}
