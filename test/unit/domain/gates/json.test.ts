import { describe, expect, it } from 'vitest';
import { jsonPath, valueAt } from '../../../../src/domain/gates/json.ts';
import { fill, fillIn } from '../../../../src/domain/gates/placeholders.ts';
import { parsedJson } from '../../../../src/domain/parsed-json.ts';

describe('a path into JSON', () => {
  const value = { items: [{ id: 7, 'a-b': null }], on: false };
  it.each([
    ['$', value],
    ['$.items[0].id', 7],
    ['$.items[0].a-b', null],
    ['$.on', false],
    ['$.items[1].id', undefined],
    ['$.items.length', 1],
    ['$.constructor', undefined],
    ['$.on.id', undefined],
  ])('%s leads to what is there', (path, found) => {
    expect(jsonPath.test(path)).toBe(true);
    expect(valueAt(value, path)).toEqual(found);
  });

  it.each(['items', '$.', '$[x]', '$.a b', '$..a', ''])('%s is none', (path) => {
    expect(jsonPath.test(path)).toBe(false);
  });

  it('leads nowhere in what is no JSON', () => {
    expect(valueAt(parsedJson('{'), '$.a')).toBeUndefined();
  });
});

describe('placeholders', () => {
  it('are filled in, written as the place needs it', () => {
    expect(fill('/{{a}}/{{b}}', { a: 'x/y', b: '1' }, encodeURIComponent)).toEqual({ text: '/x%2Fy/1' });
  });

  it('are filled in everywhere in a value, whatever they hold', () => {
    const value = { run: ['echo', '{{a}}'], more: { text: '<{{a}}>' } };
    expect(fillIn(value, { a: '"\\\n' })).toEqual({
      value: { run: ['echo', '"\\\n'], more: { text: '<"\\\n>' } },
    });
    expect(fillIn(value, {})).toEqual({ unknown: ['a'] });
  });

  it('that stand for nothing are told, each once', () => {
    expect(fill('{{a}} {{b}} {{b}} {{toString}} {{}}', { a: '1' })).toEqual({
      unknown: ['b', 'toString', ''],
    });
  });
});
