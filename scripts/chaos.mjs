/**
 * `npm run chaos -- --runs 20 --seed 7`: compiles the chaos runner in test/chaos and runs it; see docs/reliability.md.
 */
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { Failure } from './lib/failure.mjs';
import { nodeModules, root, sluiceDir } from './lib/paths.mjs';
import { run, runAsScript } from './lib/run.mjs';
import { asksForHelp, refuseUnknown, usageOf } from './lib/usage.mjs';
import { setUp } from './setup.mjs';

const program = join(sluiceDir, 'chaos', 'test', 'chaos', 'main.js');

await runAsScript(import.meta.url, async () => {
  const args = process.argv.slice(2);
  const usage = usageOf('test/chaos/main.ts');
  if (asksForHelp(args)) {
    console.log(usage);
    return 0;
  }
  refuseUnknown(args, usage);
  await setUp();
  await build();
  const compiled = await inForeground([
    join(nodeModules, 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.chaos.json',
  ]);
  if (compiled !== 0) throw new Failure('The chaos runner does not compile: see above.');
  return inForeground([program, ...args]);
});

/** @param {string[]} script */
async function inForeground(script) {
  const { code } = await run(process.execPath, script, { cwd: root, inherit: true, timeoutMs: 0 });
  return code;
}
