/**
 * `npm run fuzz -- [--cases 5000] [--seed 7]`: schemathesis against a real API, then plans and messages by fast-check.
 */
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { ensureSchemathesis } from './fuzz/program.mjs';
import { Failure } from './lib/failure.mjs';
import { nodeModules, root, sluiceDir } from './lib/paths.mjs';
import { run, runAsScript } from './lib/run.mjs';
import { asksForHelp, refuseUnknown, usageOf } from './lib/usage.mjs';
import { setUp } from './setup.mjs';

const program = join(sluiceDir, 'fuzz', 'test', 'fuzz', 'main.js');
const bin = (/** @type {string[]} */ ...parts) => join(nodeModules, ...parts);
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
  const compiled = await inForeground([bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.fuzz.json']);
  if (compiled !== 0) throw new Failure('The fuzzer does not compile: see above.');
  const ofApi = await inForeground([program, '--program', schemathesis, ...args]);
  const ofRest = await inForeground(
    [bin('vitest', 'vitest.mjs'), 'run', '--project', 'unit', ...properties],
    {
      SLUICE_FUZZ_RUNS: '10000',
    },
  );
  return ofApi === 0 && ofRest === 0 ? 0 : 1;
});

/** @param {string[]} script @param {NodeJS.ProcessEnv} [env] */
async function inForeground(script, env = {}) {
  const { code } = await run(process.execPath, script, { cwd: root, inherit: true, timeoutMs: 0, env });
  return code;
}
