import { describe, expect, it } from 'vitest';
import { refusalText, saysWhyNot } from '../../../../src/dashboard/pages/actions/refusal.ts';
import { staleFor } from '../../../../src/dashboard/pages/actions/stale.ts';

describe('what a refusal says of what was sent', () => {
  const refused = { status: 409, code: 'command-refused' } as const;

  it('is that nothing was changed, or that nobody knows', () => {
    expect(refusalText(refused, false)).toBe('Nothing was changed.');
    expect(refusalText({ status: 409, code: 'rollout-moved-on' }, false)).toContain('look again');
    expect(refusalText({ status: 0, code: 'unreachable' }, true)).toContain('may have been done');
    expect(refusalText({ status: 503, code: 'temporal-unavailable' }, true)).toContain('may have been done');
  });

  it('is said once where the refusal says itself that the act does not fit any more', () => {
    expect(saysWhyNot({ status: 409, code: 'rollout-moved-on' })).toBe(true);
    expect(saysWhyNot({ status: 503, code: 'temporal-unavailable' })).toBe(false);
  });

  it('never denies what was sent before and had no answer', () => {
    expect(refusalText(refused, true)).toContain('What was sent first may have been done');
    const mismatch = { status: 422, code: 'idempotency-mismatch' } as const;
    expect(refusalText(mismatch, false)).toContain('What was sent first was carried out');
    expect(refusalText(mismatch, true)).toContain('What was sent first was carried out');
  });
});

describe('a page that cannot see how a rollout stands', () => {
  const lost = { kind: 'lost', asOfMs: 1_000, why: 'no network' } as const;

  it('lets nobody decide by what it shows, and says how old that is', () => {
    expect(staleFor('promote', lost, 43_000)).toEqual({
      age: 'What you see is 42 s old.',
      rule: 'Until it is up to date, a rollout can only be brought back. (no network)',
    });
    expect(staleFor('pause', { kind: 'stale', asOfMs: null, why: null }, 0)?.age).toBe(
      'Nothing was seen yet.',
    );
    expect(staleFor('pause', { ...lost, kind: 'failing' }, 2_000)?.age).toBe('What you see is 1 s old.');
  });

  it('never stands in the way back', () => {
    expect(staleFor('rollback', lost, 43_000)).toBeNull();
    expect(staleFor('reject', lost, 43_000)).toBeNull();
  });

  it('says nothing while all is well, and where no page is connected', () => {
    expect(staleFor('promote', { ...lost, kind: 'live' }, 43_000)).toBeNull();
    expect(staleFor('promote', { ...lost, kind: 'connecting' }, 43_000)).toBeNull();
    expect(staleFor('promote', null, 43_000)).toBeNull();
  });
});
