/**
 * A short chaos run: random kills and freezes under real traffic. `npm run chaos` makes long ones; see
 * docs/reliability.md.
 */
import { expect, it } from 'vitest';
import { runChaos } from '../chaos/chaos.ts';
import { accountOf, summaryOf } from '../chaos/report.ts';
import { freePortBase } from '../support/free-ports.ts';

const budgetMs = 30_000;

it('random kills and freezes of every part break no promise', { timeout: 480_000 }, async () => {
  const result = await runChaos({ seed: 4, runs: [0, 1, 2], portBase: await freePortBase(), budgetMs });
  const { violations, left } = summaryOf(result);
  const accounts = result.runs.filter((run) => run.violations.length > 0).map(accountOf);
  expect(violations, accounts.join('\n\n')).toEqual([]);
  expect(left).toEqual([]);
  expect(result.runs.flatMap(({ evidence }) => evidence.outages).length).toBeGreaterThan(0);
});
