import { describe, expect, it } from 'vitest';
import { aimsOf, type CellResult } from '../../../../bench/judge/aims.ts';
import { resultsOf, tasksOf } from '../../../../bench/judge/campaign.ts';
import { allCells, cellsMatching, idOf } from '../../../../bench/judge/cells.ts';
import { measure } from '../../../../bench/judge/measure.ts';
import { outcomeOf, wilson } from '../../../../bench/judge/outcome.ts';
import { picturesOf } from '../../../../bench/judge/pictures/index.ts';
import { reportOf } from '../../../../bench/judge/report.ts';
import { delayTable, falseRollbackTable } from '../../../../bench/judge/tables.ts';

const campaign = { cells: cellsMatching('errors poisson 1% 100/s 5%'), runs: 12, worse: 3, seed: 1 };

/** Of one cell: the healthy rate of each rule, and its samples until it fires on a canary 5 times as bad. */
function result(rules: Readonly<Record<string, { healthy: number; delay: number }>>): CellResult {
  const [cell] = campaign.cells;
  if (cell === undefined) throw new Error('the cell is gone');
  const outcomes = (of: (rule: { healthy: number; delay: number }) => number[]) =>
    Object.fromEntries(Object.entries(rules).map(([id, rule]) => [id, outcomeOf(of(rule))]));
  const healthy = outcomes((rule) =>
    Array.from({ length: 1_000 }, (_, at) => (at < rule.healthy * 1_000 ? 9 : 0)),
  );
  return {
    cell,
    outcomes: new Map([
      [1, healthy],
      [5, outcomes((rule) => [rule.delay])],
    ]),
  };
}

describe('the cells', () => {
  it('are every base rate, rate of requests, share and shape of errors, all but the first of latency, and instances that differ', () => {
    expect(allCells.length).toBe(2 * 4 * 3 * 2 + 4 * 3 * 2 + 2 * 2 * 2);
    expect(new Set(allCells.map(idOf)).size).toBe(allCells.length);
  });

  it('are chosen by whole words', () => {
    expect(cellsMatching('').length).toBe(allCells.length);
    expect(cellsMatching('errors bursty 5% 10/s, latency poisson 1/s 1%').map(idOf)).toEqual([
      'errors bursty 0.1% 10/s 5%',
      'errors bursty 1% 10/s 5%',
      'latency poisson 1/s 1%',
    ]);
    expect(cellsMatching('nothing')).toEqual([]);
  });
});

describe('a measurement', () => {
  it('does not depend on the portions in which it is made', () => {
    const [task] = tasksOf(campaign);
    if (task === undefined) throw new Error('there is no task');
    const whole = measure(task);
    const halves = [measure({ ...task, to: 5 }), measure({ ...task, from: 5 })];
    for (const [rule, firings] of Object.entries(whole))
      expect(halves.flatMap((half) => half[rule])).toEqual(firings);
  });

  it('comes together from its portions, with tables and pictures', () => {
    const tasks = tasksOf(campaign);
    const results = resultsOf(campaign, tasks, tasks.map(measure));
    const healthy = results[0]?.outcomes.get(1);
    expect(healthy?.['flagger-1']).toMatchObject({ runs: 12, fired: 12 });
    expect(results[0]?.outcomes.get(50)?.oracle).toMatchObject({ runs: 3, fired: 3, p50: 5 });
    expect(falseRollbackTable(results, ['oracle', 'flagger-1'])).toMatch(/ +0 \| +100 \|/);
    expect(delayTable(results, ['oracle', 'argo-0'])).toMatch(/x50 +\| +5 \/ 5 \| +300 \/ 300 \|/);
    const report = reportOf(campaign, results);
    expect(report).toMatch(/flagger-1 +\| +0 of 1 \| +100 % \(errors poisson 1% 100\/s 5%\)/);
    expect(report).toMatch(/argo-0 +\| +1 of 1 \| +none \|.*\| +60.0 \(1 of 1\) \|/);
    expect(report).not.toMatch(/NaN|undefined|Infinity|Latency/);
    const pictures = picturesOf(results);
    expect([...pictures.keys()]).toEqual(['false-rollbacks-errors.svg', 'delay-errors-1-poisson.svg']);
    for (const picture of pictures.values()) expect(picture).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('an outcome', () => {
  it('has the median and the 90th percentile of all runs, those included in which nothing fired', () => {
    expect(outcomeOf([1, 2, 3, 0, 4, 5, 0, 6, 7, 8])).toMatchObject({ fired: 8, p50: 25, p90: null });
    expect(outcomeOf([0, 0, 0])).toMatchObject({ rate: 0, low: 0, p50: null });
  });

  it("has Wilson's interval", () => {
    // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29.
    const published: readonly (readonly [number, number, number, number])[] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [hits, tries, low, high] of published) {
      expect(wilson(hits, tries)[0]).toBeCloseTo(low, 4);
      expect(wilson(hits, tries)[1]).toBeCloseTo(high, 4);
    }
  });
});

describe('the aims', () => {
  const sluice = { healthy: 0.005, delay: 6 };

  it('are held by a judge that is rarely wrong, near the oracle and before every peer', () => {
    const rules = {
      sluice,
      oracle: { healthy: 0.005, delay: 2 },
      'oracle-3': { healthy: 0.005, delay: 3 },
      'flagger-5': { healthy: 0, delay: 60 },
    };
    expect(aimsOf([result(rules)]).map(({ checked, missed }) => [checked, missed])).toEqual([
      [1, []],
      [1, []],
      [1, []],
      [1, []],
    ]);
  });

  it('are missed with a name and the figures', () => {
    const rules = {
      sluice: { healthy: 0.02, delay: 13 },
      oracle: { healthy: 0.005, delay: 5 },
      'flagger-1': { healthy: 0.01, delay: 12 },
    };
    const missed = aimsOf([result(rules)]).flatMap((aim) => aim.missed);
    expect(missed).toEqual([
      'errors poisson 1% 100/s 5%: 2.00 % (1.30 % to 3.07 %)',
      'errors poisson 1% 100/s 5% x5: 65 s against 25 s of the oracle',
      'errors poisson 1% 100/s 5% x5 flagger-1: 65 s against 60 s',
    ]);
  });

  it('say where no test that compares could do it', () => {
    const rules = {
      sluice: { healthy: 0, delay: 30 },
      oracle: { healthy: 0, delay: 10 },
      'oracle-2': { healthy: 0, delay: 25 },
    };
    expect(aimsOf([result(rules)])[1]?.missed).toEqual([
      'errors poisson 1% 100/s 5% x5: 150 s against 50 s of the oracle, and 125 s of the best comparing test',
    ]);
  });

  it('ask nothing against a peer that is wrong too often, or against an oracle that does not find it either', () => {
    const rules = {
      sluice: { ...sluice, delay: 0 },
      oracle: { healthy: 0, delay: 0 },
      'argo-0': { healthy: 0.02, delay: 1 },
    };
    expect(aimsOf([result(rules)]).map(({ checked }) => checked)).toEqual([1, 0, 0, 0]);
  });

  it('say so where 30 minutes are too short to tell', () => {
    const rules = { sluice: { ...sluice, delay: 0 }, oracle: { healthy: 0, delay: 200 } };
    expect(aimsOf([result(rules)])[1]).toMatchObject({ checked: 1, undecided: 1, missed: [] });
  });
});
