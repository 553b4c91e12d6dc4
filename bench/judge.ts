/**
 * How often Sluice's judge rolls back a healthy canary, and how soon a bad one: side by side with the rules of Flagger,
 * Argo and Kayenta and with the best that any test could do, all on the same simulated traffic.
 *
 *   npm run bench -- judge
 *   npm run bench -- judge --runs 200 --cells "errors 100/s 5%, latency 100/s" --json judge.json
 *
 * `--runs` healthy rollouts of 30 minutes a cell, `--worse` (a quarter of that) for each regression. `--cells` takes
 * words of cell ids, alternatives parted by commas. `--docs` names a folder that gets the curves as SVG and
 * all figures as Markdown. `--seed`: of the traffic.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aimsOf, type CellResult } from './judge/aims.ts';
import { type Campaign, resultsOf, tasksOf } from './judge/campaign.ts';
import { allCells, cellsMatching, idOf } from './judge/cells.ts';
import { picturesOf } from './judge/pictures/index.ts';
import { measureAll } from './judge/pool.ts';
import { reportOf } from './judge/report.ts';
import { errorRules, latencyRules } from './judge/rules/index.ts';
import { bursty } from './judge/surroundings.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    worse: { type: 'string' },
    seed: { type: 'string', default: '1' },
    cells: { type: 'string', default: '' },
    json: { type: 'string' },
    docs: { type: 'string' },
  },
});
const runs = whole('runs', values.runs);
const campaign: Campaign = {
  cells: cellsMatching(values.cells),
  runs,
  worse: values.worse === undefined ? Math.ceil(runs / 4) : whole('worse', values.worse),
  seed: whole('seed', values.seed),
};
if (campaign.cells.length === 0)
  throw new Error(`--cells "${values.cells}" matches none; the cells are:\n${allCells.map(idOf).join('\n')}`);

const startedMs = performance.now();
const tasks = tasksOf(campaign);
const results = resultsOf(campaign, tasks, await measureAll(tasks, progress));
const report = reportOf(campaign, results);
process.stdout.write(`${report}\n\n${tasks.length} portions, ${elapsedS()} s\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(forMachines(), null, 1)}\n`);
if (values.docs !== undefined) {
  mkdirSync(values.docs, { recursive: true });
  writeFileSync(join(values.docs, 'figures.md'), `${report}\n`);
  for (const [name, content] of picturesOf(results)) writeFileSync(join(values.docs, name), content);
}

function forMachines(): unknown {
  const { worse, seed } = campaign;
  return {
    bench: 'judge',
    runs,
    worse,
    seed,
    bursty,
    rules: { errors: says(errorRules), latency: says(latencyRules) },
    cells: results.map(({ cell, outcomes }: CellResult) => ({
      id: idOf(cell),
      ...cell,
      outcomes: Object.fromEntries(outcomes),
    })),
    aims: aimsOf(results),
  };
}

function says(rules: readonly { id: string; says: string }[]): Record<string, string> {
  return Object.fromEntries(rules.map((rule) => [rule.id, rule.says]));
}

/** One line that is written over on a terminal, and a line for each tenth elsewhere. */
function progress(done: number): void {
  const line = `${done} of ${tasks.length} portions, ${elapsedS()} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}${done === tasks.length ? '\n' : ''}`);
  else if (done === tasks.length || done % Math.ceil(tasks.length / 10) === 0)
    process.stderr.write(`${line}\n`);
}

function elapsedS(): number {
  return Math.round((performance.now() - startedMs) / 1000);
}

/** @throws Error unless the text is a whole number above 0. */
function whole(option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${option} must be a whole number above 0, not "${text}"`);
}
