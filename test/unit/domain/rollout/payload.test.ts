import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPayload } from '../../../../src/domain/rollout/payload.ts';

describe('the payload of a command', () => {
  it('may be missing, as Temporal’s CLI sends none without --input', () => {
    expect(readPayload('rollback', undefined)).toEqual({ ok: true, payload: {} });
  });

  it('keeps what is known and drops empty texts', () => {
    expect(readPayload('rollback', { reason: ' bad ', actor: '', requestId: 'r1' })).toEqual({
      ok: true,
      payload: { reason: 'bad', requestId: 'r1' },
    });
  });

  it('of a rollback keeps whether it may take its time, and that nobody said so', () => {
    for (const payload of [{ gradual: true }, { gradual: false }, {}]) {
      expect(readPayload('rollback', payload)).toEqual({ ok: true, payload });
    }
  });

  it.each([
    ['rollback', 'a text', 'must be an object'],
    ['rollback', [1], 'a list'],
    ['rollback', { reason: 42 }, 'reason must be a text'],
    ['rollback', { why: 'x' }, 'unknown field "why"'],
    ['pause', { full: true }, 'belongs to promote'],
    ['promote', { full: 'yes' }, 'true or false'],
    ['reject', { gradual: true }, 'belongs to rollback'],
    ['rollback', { gradual: 1 }, 'true or false'],
    ['pause', { reason: 'x'.repeat(501) }, 'at most 500'],
    ['promote', { expect: { stage: '1' } }, 'a number from 0'],
    ['promote', { expect: { step: 1 } }, 'expect may have'],
    ['rollback', { expect: { stage: 1 } }, 'never refused'],
  ] as const)('%s refuses %j and says why', (name, input, message) => {
    const reading = readPayload(name, input);
    expect(reading.ok ? '' : reading.message).toContain(message);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.anything(), (input) => typeof readPayload('promote', input).ok === 'boolean'));
  });
});
