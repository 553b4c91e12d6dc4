/**
 * `npm run screenshots`: takes the pictures of every page of the dashboard in docs/screenshots anew, from a real stack.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { nodeModules, root } from './lib/paths.mjs';
import { run, runAsScript } from './lib/run.mjs';
import { setUp } from './setup.mjs';

await runAsScript(import.meta.url, async () => {
  await setUp();
  await build();
  const folder = join(root, 'docs', 'screenshots');
  rmSync(folder, { recursive: true, force: true });
  const vitest = [join(nodeModules, 'vitest', 'vitest.mjs'), 'run', '--project', 'browser'];
  const options = { cwd: root, inherit: true, timeoutMs: 0, env: { SLUICE_SCREENSHOTS: folder } };
  const { code } = await run(process.execPath, vitest, options);
  return code;
});
