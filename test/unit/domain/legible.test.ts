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

it.each([
  '\u00ad',
  '\u034f',
  '\u115f',
  '\u180e',
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2060',
  '\u2063',
  '\u3164',
  '\ufe0f',
  '\ufeff',
])('knows %j, which is not seen at all', (sign) => {
  expect(isLegible(`a${sign}b`)).toBe(false);
  expect(legible(`a${sign}b`)).toBe('a\ufffdb');
  expect(asLine(`a${sign}${sign}b`)).toBe('a b');
  expect(problemOfScope([`demo/a${sign}b`])).toContain('is neither');
  for (const text of [`ann${sign}`, `${sign}ann`, `مرحبا${sign}`, `1${sign}2${sign}`]) {
    if (sign !== '\ufe0f' || !text.startsWith('1')) expect(isLegible(text), JSON.stringify(text)).toBe(false);
  }
});

it('knows tags, of which whole sentences can be made', () => {
  const tags = [...'go'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
  expect(isLegible(`stop${tags}`)).toBe(false);
  expect(legible(`stop${tags}`)).toBe(`stop${'\ufffd'.repeat(tags.length)}`);
});

it.each([
  'größer',
  'שלום',
  'مرحبا',
  '👩‍🚀 up',
  '❤️ and 🏳️‍🌈, 👨🏽‍🚒',
  'می‌خواهم',
  'क्‍ष',
  'ක්‍ෂ',
  'അവന്‍ വന്നു',
  '葛\u{e0100}城',
  'ᠠ\u180b',
])('leaves what people write as it is, in whatever direction: %s', (text) => {
  expect(legible(text)).toBe(text);
  expect(asLine(text)).toBe(text);
  expect(isLegible(text)).toBe(true);
});

it.each(['\ufe01', '\ufe0f', '\u0301\u200d', '\u200d'])(
  'is done with a text of nothing but marks at once, where looking back from each would take minutes',
  (mark) => {
    const text = `\u0915${mark.repeat(85_000)}`;
    expect(legible(text)).toHaveLength(text.length);
    expect(isLegible(text)).toBe(false);
  },
);

it('leaves tabs and ends of lines to texts that may have them', () => {
  expect(legible('a\tb\r\nc')).toBe('a\tb\r\nc');
  expect(isLegible('a\tb')).toBe(false);
});

it('is as it was for what workflows have in their stories, so that these are the same when they are replayed', () => {
  expect(readPayload('rollback', { reason: 'a\u200bb' })).toEqual({
    ok: true,
    payload: { reason: 'a\u200bb' },
  });
});

it('whoever signals a workflow without the API cannot write them into its story either', () => {
  expect(readPayload('rollback', sent)).toEqual({ ok: true, payload: kept });
  expect(readRelease(sent)).toEqual({ ok: true, value: kept });
  expect(readAck(sent)).toEqual({ ok: true, ...kept });
  const event = { id: 'e-1', type: 'security', title: sent.reason, source: sent.actor };
  expect(readOutsideEvent(event)).toMatchObject({ event: { title: kept.reason, source: kept.actor } });
});
