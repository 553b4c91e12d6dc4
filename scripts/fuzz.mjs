/**
 * `npm run fuzz -- [--cases 5000] [--seed 7]`: schemathesis against a real API, then plans and messages by fast-check.
 */
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { ensureSchemathesis } from './fuzz/program.mjs';
import { compile, inForeground } from './lib/compiled.mjs';
import { nodeModules, sluiceDir } from './lib/paths.mjs';
import { runAsScript } from './lib/run.mjs';
import { asksForHelp, refuseUnknown, usageOf } from './lib/usage.mjs';
import { setUp } from './setup.mjs';

const program = join(sluiceDir, 'fuzz', 'test', 'fuzz', 'main.js');
/** What fast-check makes up; with as many cases as SLUICE_FUZZ_RUNS says. */
const properties = ['test/unit/api/fuzz.test.ts', 'test/unit/domain/rollout/fuzz.test.ts'];

await runAsScript(import.meta.url, async () => {
  const args = process.argv.slice(2);
  const usage = usageOf('test/fuzz/main.ts');
  if (asksForHelp(args)) {
    console.log(usage);
    return 0;
  }
  refuseUnknown(args, usage);
  await setUp();
  await build();
  const schemathesis = await ensureSchemathesis();
  await compile('tsconfig.fuzz.json');
  const ofApi = await inForeground([program, '--program', schemathesis, ...args]);
  const vitest = join(nodeModules, 'vitest', 'vitest.mjs');
  const ofRest = await inForeground([vitest, 'run', '--project', 'unit', ...properties], {
    SLUICE_FUZZ_RUNS: '10000',
  });
  return ofApi === 0 && ofRest === 0 ? 0 : 1;
});
