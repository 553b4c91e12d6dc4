/** The whole measurement: which rollouts are simulated, in which portions, and how the portions come together again. */
import type { CellResult } from './aims.ts';
import { type Cell, worseFactors } from './cells.ts';
import { type Firings, placeOf, type Task } from './measure.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

export interface Campaign {
  readonly cells: readonly Cell[];
  /** Healthy rollouts of each cell. */
  readonly runs: number;
  /** Rollouts of each cell and regression. */
  readonly worse: number;
  readonly seed: number;
}

/** So many rollouts a portion: small enough that all processors end at about the same time. */
const PORTION = 100;

export function tasksOf({ cells, runs, worse, seed }: Campaign): readonly Task[] {
  return cells.flatMap((cell) =>
    [1, ...worseFactors[cell.kind]].flatMap((factor) => {
      const all = factor === 1 ? runs : worse;
      return Array.from({ length: Math.ceil(all / PORTION) }, (_, portion) => ({
        cell: placeOf(cell),
        factor,
        from: portion * PORTION,
        to: Math.min(all, (portion + 1) * PORTION),
        seed,
      }));
    }),
  );
}

/** `firings` in the order of `tasks`. */
export function resultsOf(
  { cells }: Campaign,
  tasks: readonly Task[],
  firings: readonly Firings[],
): readonly CellResult[] {
  return cells.map((cell) => {
    const place = placeOf(cell);
    const outcomes = [1, ...worseFactors[cell.kind]].map((factor) => {
      const portions = firings.filter((_, number) => {
        const task = tasks[number];
        return task?.cell === place && task.factor === factor;
      });
      return [factor, outcomesOf(portions)] as const;
    });
    return { cell, outcomes: new Map(outcomes) };
  });
}

function outcomesOf(portions: readonly Firings[]): Readonly<Record<string, Outcome>> {
  const rules = Object.keys(portions[0] ?? {});
  return Object.fromEntries(
    rules.map((rule) => [rule, outcomeOf(portions.flatMap((portion) => portion[rule] ?? []))]),
  );
}
