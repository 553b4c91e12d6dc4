/** How often an errand looks at a target that is safe already. */
import { expect, it } from 'vitest';
import { Errands } from '../../../src/guard/errands.ts';

/** Whether the target was safe at each try, when it is in these states one after the other. */
async function triesIn(states: readonly string[]): Promise<boolean[]> {
  const tries: boolean[] = [];
  await new Promise<void>((resolve) => {
    const errands = new Errands({
      once: async (_target, { isSafe }) => {
        tries.push(isSafe);
        return isSafe ? 'over' : 'safe';
      },
      mayAct: () => true,
      stateOf: () => states[tries.length] ?? null,
      onEnd: () => resolve(),
      report: () => {},
      signal: new AbortController().signal,
    });
    errands.begin('prod/shop', 'lapsed', false);
  });
  return tries;
}

it('looks once more at what is safe', async () => {
  expect(await triesIn(['first', 'first'])).toEqual([false, true]);
});

it('ends where a new canary has come since, whose way home is an errand of its own', async () => {
  expect(await triesIn(['first', 'second'])).toEqual([false]);
});
