/**
 * Tries the API with made-up requests: starts what is fuzzed and runs schemathesis against it; `npm run fuzz` lets
 * fast-check make plans and messages after it. Ends with 1 if a check failed or too little was tried.
 *
 *   npm run fuzz -- --cases 5000 --seed 7
 *
 * `--cases`: at least so many (5000). `--seed`: of schemathesis (by the clock; it is printed). `--program`: where
 * schemathesis is; the script gives it.
 */
import { parseArgs } from 'node:util';
import { eventToken, startApi } from './api-under-test.ts';
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
  console.log(`fuzzing ${api.url}, seed ${values.seed}`);
  const { code, cases } = await runSchemathesis({
    program: values.program,
    url: api.url,
    seed: Number(values.seed),
    cases: wanted,
    token: eventToken,
  });
  const enough = cases >= wanted;
  if (!enough) console.error(`only ${cases} cases were tried, not ${wanted}`);
  process.exitCode = code === 0 && enough ? 0 : 1;
} finally {
  await api.stop();
}
