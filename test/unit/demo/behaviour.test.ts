/** Versions of the demo shop behave as their names say. */
import { describe, expect, it } from 'vitest';
import { answerOf, behaviourOf } from '../../../src/demo/behaviour.ts';

describe('behaviour of a demo version', () => {
  it.each([
    ['v1', 0, 0],
    ['v2', 0, 0],
    ['v2.1', 0, 0],
    ['v3', 5, 0],
    ['v4', 1, 0],
    ['v7-errors-2', 2, 0],
    ['v7-errors-0.5', 0.5, 0],
    ['v8-slow-50', 0, 50],
    ['v9-errors-1-slow-200', 1, 200],
    ['v9-errors-900', 100, 0],
  ])('%s fails on %d %% and is %d ms slower', (version, errorPercent, slowMs) => {
    expect(behaviourOf(version)).toEqual({ errorPercent, slowMs, slowTimes: 1 });
  });

  it('v5 takes half as long again', () => {
    expect(answerOf(behaviourOf('v5'), [0, 0])).toEqual({ status: 200, delayMs: 7.5 });
    expect(answerOf(behaviourOf('v5'), [0, 1])).toEqual({ status: 200, delayMs: 22.5 });
  });

  it('fails exactly below its share and answers in 5 to 15 ms', () => {
    const bad = behaviourOf('v3');
    expect(answerOf(bad, [0.0499, 0])).toEqual({ status: 500, delayMs: 5 });
    expect(answerOf(bad, [0.05, 1])).toEqual({ status: 200, delayMs: 15 });
    expect(answerOf(behaviourOf('v2'), [0, 0]).status).toBe(200);
  });
});
