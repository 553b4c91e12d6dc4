/** Sets up and compiles what runs on the test cluster by itself, and runs one of its programs in the foreground. */
import { join } from 'node:path';
import { compile, inForeground } from '../lib/compiled.mjs';
import { sluiceDir } from '../lib/paths.mjs';
import { setUp } from '../setup.mjs';
import { ensureKube } from './setup.mjs';

/** @param {string} name path under test/support/kube, without its ending */
export async function runOnCluster(name) {
  await setUp();
  await ensureKube();
  await compile('tsconfig.kube.json');
  return inForeground([join(sluiceDir, 'kube', 'test', 'support', 'kube', `${name}.js`)]);
}
