/** `npm run dev:kube`: sets up and compiles the test cluster, starts one and stays until it is interrupted. */
import { runAsScript } from '../lib/run.mjs';
import { runOnCluster } from './program.mjs';

await runAsScript(import.meta.url, () => runOnCluster('dev'));
