import { describe, expect, it } from 'vitest';
import type { FindInput, FoundRollout } from '../../../../src/domain/emergency/sweep.ts';
import { isWanted } from '../../../../src/domain/emergency/wanted.ts';

const openedAtMs = 1_000_000;
const found: FoundRollout = {
  target: 'prod/shop',
  runId: 'run-1',
  running: true,
  phase: 'soaking',
  outcome: null,
  startedAtMs: openedAtMs - 60_000,
  endedAtMs: null,
  traffic: null,
  emergency: null,
};

function inputOf(scope: readonly string[]): FindInput {
  const order = { id: 'e', scope, to: null, actor: 'ann', reason: 'fire', stoppedAll: [] };
  return { order, openedAtMs, open: [], settledRuns: [] };
}

describe('the scope canary', () => {
  it.each(['preparing', 'shifting', 'soaking', 'holding', 'promoting', 'restoring'])(
    'means a rollout that is %s',
    (phase) => {
      expect(isWanted(inputOf(['canary']), { ...found, phase })).toBe(true);
    },
  );

  it.each(['watching', 'cleaning'])('leaves a promoted version alone whose rollout is %s', (phase) => {
    expect(isWanted(inputOf(['canary']), { ...found, phase })).toBe(false);
    expect(isWanted(inputOf(['all']), { ...found, phase })).toBe(true);
  });
});

it('knows a rollout that found its stop and ended just before the emergency began', () => {
  const ended = { ...found, running: false, outcome: 'rolled-back', phase: 'rolled-back' } as const;
  expect(isWanted(inputOf(['canary']), { ...ended, endedAtMs: openedAtMs - 1_000 })).toBe(true);
  expect(isWanted(inputOf(['canary']), { ...ended, endedAtMs: openedAtMs - 10_000 })).toBe(false);
});
