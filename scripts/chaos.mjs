/**
 * `npm run chaos -- --runs 20 --seed 7`: compiles the chaos runner in test/chaos and runs it; see docs/reliability.md.
 */
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { compile, inForeground } from './lib/compiled.mjs';
import { sluiceDir } from './lib/paths.mjs';
import { runAsScript } from './lib/run.mjs';
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
  await compile('tsconfig.chaos.json');
  return inForeground([program, ...args]);
});
