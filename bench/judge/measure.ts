/** Runs every rule over the same simulated rollouts of one cell and condition. */
import { allCells, type Cell, idOf, suspectedFactor } from './cells.ts';
import { ErrorSimulator, emptyErrorTraffic } from './error-traffic.ts';
import { emptyLatencyTraffic, LatencySimulator } from './latency-traffic.ts';
import { Random } from './random.ts';
import { errorRules, latencyRules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';

/** Some rollouts of a cell: numbers `from` to below `to` of all those of its seed. */
export interface Task {
  /** Place in `allCells`. */
  readonly cell: number;
  /** 1: the canary is healthy. */
  readonly factor: number;
  readonly from: number;
  readonly to: number;
  readonly seed: number;
}

/** For each rule: after how many samples it fired in each rollout, 0 for never. */
export type Firings = Readonly<Record<string, readonly number[]>>;

/** The same task gives the same result, whatever ran before it and wherever. */
export function measure(task: Task): Firings {
  const cell = allCells[task.cell];
  if (cell === undefined) throw new Error(`there is no cell ${task.cell}`);
  const suspected = suspectedFactor(cell, task.factor);
  if (cell.kind === 'errors') {
    const simulator = new ErrorSimulator(cell, task.factor, suspected);
    const traffic = emptyErrorTraffic(undefined, cell);
    return firings(task, errorRules, traffic, (random) => simulator.run(random, traffic));
  }
  const simulator = new LatencySimulator(cell, task.factor, suspected);
  const traffic = emptyLatencyTraffic();
  return firings(task, latencyRules, traffic, (random) => simulator.run(random, traffic));
}

function firings<Traffic>(
  { cell, factor, from, to, seed }: Task,
  rules: readonly Rule<Traffic>[],
  traffic: Traffic,
  simulate: (random: Random) => void,
): Firings {
  const fired = rules.map((rule) => ({ rule, at: [] as number[] }));
  for (let run = from; run < to; run += 1) {
    simulate(Random.of(seed, cell, factor * 10, run));
    for (const { rule, at } of fired) at.push(rule.firesAt(traffic));
  }
  return Object.fromEntries(fired.map(({ rule, at }) => [rule.id, at]));
}

/** Place of a cell in `allCells`. */
export function placeOf(cell: Cell): number {
  return allCells.findIndex((known) => idOf(known) === idOf(cell));
}
