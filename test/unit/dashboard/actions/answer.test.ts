import { describe, expect, it } from 'vitest';
import { untoldText } from '../../../../src/dashboard/pages/actions/answer.ts';
import { statusOf } from '../../api/fakes.ts';

describe('what came of a command while no way back is seen', () => {
  it.each(['watching', 'cleaning', 'promoted'] as const)('a no keeps a version that is %s', (phase) => {
    expect(untoldText('reject', 'update', statusOf({ phase }))).toBe(
      'The version stays, and its checks decide nothing any more.',
    );
  });

  it('promises nothing before the rollout has heard it, nor of a rollback', () => {
    const waiting = statusOf({ phase: 'cleaning', question: 'rollback' });
    const told = /^It has been told/;
    expect(untoldText('reject', 'update', waiting)).toMatch(told);
    expect(untoldText('rollback', 'update', statusOf({ phase: 'watching' }))).toMatch(told);
    expect(untoldText('rollback', 'update', null)).toMatch(told);
  });

  it('says that nobody had met a version that was refused', () => {
    expect(untoldText('reject', 'update', statusOf({ phase: 'refused', outcome: 'refused' }))).toMatch(
      /as refused/,
    );
  });

  it('never says that a rollout was told of which Temporal could not be', () => {
    for (const status of [null, statusOf({ phase: 'soaking' })]) {
      expect(untoldText('rollback', 'stop', status)).toMatch(
        /^Temporal could not be told yet: .* up to 10 minutes .* who asked/,
      );
    }
  });
});
