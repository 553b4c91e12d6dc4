/**
 * Breaks a real stack at random, and checks from outside that its promises hold; see docs/reliability.md. Ends with 1
 * if anything was violated.
 *
 *   npm run chaos -- --runs 20 --seed 7
 *   npm run chaos -- --seed 7 --only 3 --verbose
 *
 * `--runs`: how many runs (10). `--seed`: of the schedule (by the clock; it is printed). `--only`: that run of the seed
 * alone, counted from 0. `--port-base`: where the ports of the stack begin (7800). `--verbose`: the whole story of
 * every run, not only of those with a violation.
 */
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { accountOf, lineOf, summaryOf, tableOf } from './report.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string' },
    'port-base': { type: 'string', default: '7800' },
    verbose: { type: 'boolean', default: false },
  },
});
// Only the schedule comes from the seed; which of its moments falls where in a rollout is the machine's affair.
const seed = numberOf('seed', values.seed ?? String(Date.now() % 100_000));
const count = numberOf('runs', values.runs);
const numbers =
  values.only === undefined
    ? Array.from({ length: count }, (_, index) => index)
    : [numberOf('only', values.only)];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log('no further run begins; the one under way is ended first');
    interrupted.abort();
  });
}

console.log(`seed ${seed}`);
const result = await runChaos({
  seed,
  runs: numbers,
  portBase: numberOf('port-base', values['port-base']),
  signal: interrupted.signal,
  onRun: (run) => {
    console.log(lineOf(run));
    if (run.violations.length > 0 || values.verbose) console.log(accountOf(run));
  },
});
const summary = summaryOf(result);
console.log(`\n${tableOf(summary)}\n${JSON.stringify({ chaos: summary })}`);
process.exitCode = summary.violations.length > 0 || summary.left.length > 0 ? 1 : 0;

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`--${name} must be a whole number, not ${text}`);
  process.exit(2);
}
