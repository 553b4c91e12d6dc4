import { expect, it } from 'vitest';
import { readAgain, readRelease } from '../../../../src/domain/emergency/payload.ts';

it('takes a release with an actor and a reason', () => {
  expect(readRelease({ actor: ' bob ', reason: 'fixed' })).toEqual({
    ok: true,
    value: { actor: 'bob', reason: 'fixed' },
  });
});

it.each([
  undefined,
  null,
  'release',
  ['bob'],
  {},
  { actor: 'bob' },
  { reason: 'fixed' },
  { actor: '', reason: 'fixed' },
  { actor: 'bob', reason: 7 },
  { actor: 'bob', reason: 'x'.repeat(501) },
  { undecodable: 'broken' },
])('refuses the release %j, in words', (input) => {
  const reading = readRelease(input);
  expect(reading.ok ? null : reading.message).toMatch(/must be|could not be decoded/);
});

it('reads what the API sends when it is asked for again, and nothing else', () => {
  const again = { actor: 'bob', reason: 'more', to: null, stoppedAll: ['main', 7] };
  expect(readAgain(again)).toEqual({ ok: true, value: { ...again, stoppedAll: ['main'] } });
  expect(readAgain({ ...again, to: 'v1' })).toMatchObject({ value: { to: 'v1' } });
  expect(readAgain({ actor: 'bob' }).ok).toBe(false);
  expect(readAgain({ ...again, stoppedAll: 'main' }).ok).toBe(false);
});
