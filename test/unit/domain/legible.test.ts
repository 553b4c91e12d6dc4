/** Characters that nobody sees and that falsify what people read: none of them comes through. */
import { expect, it } from 'vitest';
import { readRelease } from '../../../src/domain/emergency/payload.ts';
import { problemOfScope } from '../../../src/domain/emergency/scope.ts';
import { asLine, isLegible, legible } from '../../../src/domain/legible.ts';
import { readAck } from '../../../src/domain/notify/ack.ts';
import { readOutsideEvent } from '../../../src/domain/rollout/outside-event.ts';
import { readPayload } from '../../../src/domain/rollout/payload.ts';

const sent = { actor: 'ann\u0000', reason: 'all\u202eevil\nnext line' };
const kept = { actor: 'ann\ufffd', reason: 'all\ufffdevil\nnext line' };

it.each(['\u0000', '\u001b', '\u007f', '\u009b', '\u061c', '\u200e', '\u200f', '\u202e', '\u2066', '\u2069'])(
  'knows %j, and shows another sign or a blank in its place',
  (sign) => {
    expect(isLegible(`a${sign}b`)).toBe(false);
    expect(legible(`a${sign}b`)).toBe('a\ufffdb');
    expect(asLine(`a${sign}${sign}b`)).toBe('a b');
    expect(problemOfScope([`demo/a${sign}b`])).toContain('is neither');
  },
);

it('leaves what people write as it is, in whatever direction', () => {
  for (const text of ['größer', 'שלום', 'مرحبا', '👩‍🚀 up', 'a\tb\r\nc']) expect(legible(text)).toBe(text);
  expect(isLegible('שלום world')).toBe(true);
});

it('whoever signals a workflow without the API cannot write them into its story either', () => {
  expect(readPayload('rollback', sent)).toEqual({ ok: true, payload: kept });
  expect(readRelease(sent)).toEqual({ ok: true, value: kept });
  expect(readAck(sent)).toEqual({ ok: true, ...kept });
  const event = { id: 'e-1', type: 'security', title: sent.reason, source: sent.actor };
  expect(readOutsideEvent(event)).toMatchObject({ event: { title: kept.reason, source: kept.actor } });
});
