/** `npm run demo:kube`: builds Sluice, and rolls a good and a bad version out on a test cluster. */
import { build } from '../build.mjs';
import { runAsScript } from '../lib/run.mjs';
import { setUp } from '../setup.mjs';
import { runOnCluster } from './program.mjs';

await runAsScript(import.meta.url, async () => {
  await setUp();
  await build();
  return runOnCluster('demo/main');
});
