/**
 * How a version of the demo shop behaves, read from its name alone, so that anybody can make up a version to play with.
 */

interface Behaviour {
  /** Part of requests answered with status 500, percent. */
  readonly errorPercent: number;
  /** Time added to every answer, milliseconds. */
  readonly slowMs: number;
  /** How many times as long as usual an answer takes, before that. */
  readonly slowTimes: number;
}

const good: Behaviour = { errorPercent: 0, slowMs: 0, slowTimes: 1 };
const known: Readonly<Record<string, Partial<Behaviour>>> = {
  v3: { errorPercent: 5 },
  v4: { errorPercent: 1 },
  v5: { slowTimes: 1.5 },
};

/**
 * `v3` fails on 5 % of its requests, `v4` on 1 %, and `v5` takes half as long again for each. `-errors-2` in the name
 * means 2 % errors, `-slow-50` means 50 ms more; both may be combined (`v9-errors-1-slow-200`). Every other version is
 * good.
 */
export function behaviourOf(version: string): Behaviour {
  const errors = /-errors-(\d+(?:\.\d+)?)/.exec(version)?.[1];
  const slow = /-slow-(\d+)/.exec(version)?.[1];
  return {
    ...good,
    ...(Object.hasOwn(known, version) ? known[version] : {}),
    ...(errors === undefined ? {} : { errorPercent: Math.min(100, Number(errors)) }),
    ...(slow === undefined ? {} : { slowMs: Math.min(30_000, Number(slow)) }),
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
    delayMs: (5 + timeDie * 10) * behaviour.slowTimes + behaviour.slowMs,
  };
}
