/** How a version of the demo shop behaves, read from its name alone, so that anybody can make up a version to play with. */

export interface Behaviour {
  /** Part of requests answered with status 500, percent. */
  readonly errorPercent: number;
  /** Time added to every answer, milliseconds. */
  readonly slowMs: number;
}

/**
 * `v3` fails on 5 % of its requests. `-errors-2` in the name means 2 % errors, `-slow-50` means 50 ms more; both may be
 * combined (`v9-errors-1-slow-200`). Every other version is good.
 */
export function behaviourOf(version: string): Behaviour {
  const errors = /-errors-(\d+(?:\.\d+)?)/.exec(version)?.[1];
  const slow = /-slow-(\d+)/.exec(version)?.[1];
  return {
    errorPercent: Math.min(100, errors === undefined ? (version === 'v3' ? 5 : 0) : Number(errors)),
    slowMs: Math.min(30_000, Number(slow ?? 0)),
  };
}

/** What one request gets. `dice` are two numbers in [0, 1): one decides on the error, one on the time. */
export function answerOf(
  behaviour: Behaviour,
  dice: readonly [number, number],
): { status: 200 | 500; delayMs: number } {
  const [errorDie, timeDie] = dice;
  return {
    status: errorDie * 100 < behaviour.errorPercent ? 500 : 200,
    delayMs: 5 + timeDie * 10 + behaviour.slowMs,
  };
}
