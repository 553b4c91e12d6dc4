import { expect, test } from 'vitest';
import { updateIdOf } from '../../../src/api/temporal/command.ts';

test('one key is one command of one person, so that nobody’s approval is taken for a repetition of another’s', () => {
  const ann = { name: 'approve', actor: 'ann', requestId: 'key' } as const;
  expect(updateIdOf(ann)).toBe(updateIdOf({ ...ann, reason: 'once more' }));
  const others = [
    { ...ann, actor: 'bob' },
    { ...ann, name: 'pause' as const },
    { ...ann, requestId: 'other' },
  ];
  expect(new Set([ann, ...others].map(updateIdOf)).size).toBe(4);
});
