/**
 * Tries the API with made-up requests: starts what is fuzzed and runs schemathesis against it, as an admin, as a viewer
 * and as nobody, then asks every operation so that it must be refused; `npm run fuzz` lets fast-check make plans and
 * messages after it. Ends with 1 if a check failed or too little was tried.
 *
 *   npm run fuzz -- --cases 5000 --seed 7
 *
 * `--cases`: at least so many as an admin (5000). `--seed`: of schemathesis (by the clock; it is printed). `--program`:
 * where schemathesis is; the script gives it.
 */
import { parseArgs } from 'node:util';
import { startApi } from './api-under-test.ts';
import type { Pass } from './passes.ts';
import { askForged, askInHaste } from './refusals.ts';
import { runSchemathesis } from './schemathesis.ts';

const { values } = parseArgs({
  options: {
    program: { type: 'string', default: 'schemathesis' },
    cases: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const wanted = Number(values.cases);
const api = await startApi();
try {
  const { admin, viewer } = api.tokens;
  const passes: readonly Pass[] = [
    { name: 'admin', token: admin, thorough: true },
    { name: 'viewer', token: viewer, thorough: false },
    { name: 'nobody', token: null, thorough: false },
  ];
  for (const pass of passes) {
    console.log(`fuzzing ${api.url} as ${pass.name}, seed ${values.seed}`);
    const { code, cases } = await runSchemathesis(pass, {
      program: values.program,
      url: api.url,
      seed: Number(values.seed),
      cases: wanted,
      rollouts: api.rollouts,
    });
    const enough = !pass.thorough || cases >= wanted;
    if (!enough) console.error(`only ${cases} cases were tried, not ${wanted}`);
    if (code !== 0 || !enough) process.exitCode = 1;
  }
  console.log('asking every operation with a forged request, and in too great haste');
  const wrong = [
    ...(await askForged(api.url, admin)),
    ...(await askInHaste(await api.startLimited(), viewer)),
  ];
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  await api.stop();
}
