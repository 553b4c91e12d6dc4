/** `npm start`: set-up, build, then the local stack and the demo in the foreground until Ctrl-C. */
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { distDir, root } from './lib/paths.mjs';
import { run, runAsScript } from './lib/run.mjs';
import { setUp } from './setup.mjs';

await runAsScript(import.meta.url, async () => {
  await setUp({ forTests: false });
  await build();
  const args = [join(distDir, 'cli', 'main.js'), 'up', '--demo', ...process.argv.slice(2)];
  const { code } = await run(process.execPath, args, { cwd: root, inherit: true, timeoutMs: 0 });
  return code;
});
