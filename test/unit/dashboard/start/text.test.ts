import { describe, expect, it } from 'vitest';
import { cursorAt, writtenAt } from '../../../../src/dashboard/pages/start/text/cursor.ts';
import { locator } from '../../../../src/dashboard/pages/start/text/locate.ts';
import { withTopKey } from '../../../../src/dashboard/pages/start/text/top-key.ts';

/** The text without the bar, and where the bar was. */
function atBar(text: string): [string, number] {
  return [text.replace('|', ''), text.indexOf('|')];
}

function keysAt(text: string) {
  const cursor = cursorAt(...atBar(text));
  return (
    cursor && {
      kind: cursor.kind,
      way: cursor.steps.map(({ key }) => key),
      beside: [...cursor.beside.keys()],
    }
  );
}

describe('where the cursor is', () => {
  it.each([
    ['ser|', 'key', [], []],
    ['service: shop\nenv|\nversion: v2\n', 'key', [], ['service', 'version']],
    ['service: shop\n|\n', 'key', [], ['service']],
    ['traffic: hap|\nmetrics: prometheus', 'value', ['traffic'], []],
    ['analysis:\n  inter|\nstages: []', 'key', ['analysis'], []],
    ['analysis:\n  interval: 2s\n  |\nstages: []', 'key', ['analysis'], ['interval']],
    ['checks: [suc|', 'value', ['checks', 0], []],
    ['checks: [success-rate, |]', 'value', ['checks', 1], []],
    ['checks:\n  - success-rate\n  - lat|\nstages: []', 'key', ['checks', 1], []],
    ['stages:\n  - { weight: 10, so| }\n', 'key', ['stages', 0], ['weight']],
    ['stages:\n  - weight: 10\n    |\n  - weight: 20', 'key', ['stages', 0], ['weight']],
    [
      'stages:\n  - weight: 10\n    checks:\n      - { kind: health, pro|',
      'key',
      ['stages', 0, 'checks', 0],
      ['kind'],
    ],
    ['{"service": "shop", env|}', 'key', [], ['service']],
  ])('%j', (text, kind, way, beside) => {
    expect(keysAt(text)).toEqual({ kind, way, beside });
  });

  it.each([
    ['in a comment', 'service: shop # na|'],
    ['in quotes', 'version: "v|"'],
    ['in the midst of a text', 'owner: team of sh|'],
    ['before a dash', 'stages:\n  -|'],
  ])('is nowhere that something could be proposed: %s', (_, text) => {
    expect(keysAt(text)).toBeNull();
  });

  it('is nothing that a hostile text could make expensive', () => {
    expect(cursorAt('['.repeat(100_000), 100_000)).toBeNull();
    expect(cursorAt(`a: ${'x '.repeat(150_000)}`, 10)).toBeNull();
    const bomb = `a: &a [x, x]\n${'bcdefghi'.replaceAll(/./g, (at) => `${at}: &${at} [*${String.fromCharCode(at.charCodeAt(0) - 1)}, *${String.fromCharCode(at.charCodeAt(0) - 1)}]\n`)}`;
    expect(keysAt(`${bomb}serv|`)).toMatchObject({ kind: 'key', way: [] });
  });

  it('knows what is written under the pointer', () => {
    const [text, at] = atBar('stages:\n  - { weight: 10, so|ak: 5m }');
    expect(writtenAt(text, at)).toMatchObject({ from: text.indexOf('soak'), to: text.indexOf('soak') + 4 });
    expect(writtenAt(text, at)?.steps.map(({ key }) => key)).toEqual(['stages', 0, 'soak']);
    expect(writtenAt(text, 8)).toBeNull();
  });
});

describe('where a problem is', () => {
  const text = [
    '# a plan',
    'service: shop',
    'templates:',
    '  slow.p95: { preset: latency-p95 }',
    '  slow: { preset: latency-p50 }',
    'stages:',
    '  - { weight: 10, soak: 5m }',
    '  - weight: 20',
    '    checks: [a, b]',
    '',
  ].join('\n');

  function spotOf(path: string, message = 'is wrong') {
    const { range, line } = locator(text)({ path, message });
    return [text.slice(range.from, range.to), line];
  }

  it.each([
    ['service', ['service', 2]],
    ['stages[0].soak', ['soak', 7]],
    ['stages[1]', ['weight', 8]],
    ['stages[1].checks[1]', ['b', 9]],
    ['templates.slow.p95', ['slow.p95', 4]],
    ['templates.slow.p95.preset', ['preset', 4]],
    ['templates.slow', ['slow', 5]],
  ])('%s', (path, spot) => {
    expect(spotOf(path)).toEqual(spot);
  });

  it('is around what is missing', () => {
    expect(spotOf('environment')).toEqual(['service: shop', 2]);
    expect(spotOf('stages[1].soak')).toEqual(['weight', 8]);
    expect(spotOf('stages[7].soak')).toEqual(['stages', 6]);
    expect(spotOf('')).toEqual(['service: shop', 2]);
    expect(spotOf('__proto__.constructor')).toEqual(['service: shop', 2]);
  });

  it('is where a syntax error says', () => {
    expect(spotOf('', 'line 7, column 5: bad indentation')).toEqual(['{ weight: 10, soak: 5m }', 7]);
    expect(spotOf('', 'line 999, column 999: the end')).toEqual(['', 10]);
  });

  it('is the beginning of a text that nobody can read', () => {
    const { range, line } = locator('[[[[\n: {')({ path: 'a.b', message: '' });
    expect({ range, line }).toEqual({ range: { from: 0, to: 4 }, line: 1 });
    expect(locator('')({ path: 'service', message: '' }).range).toEqual({ from: 0, to: 0 });
  });
});

describe('a key at the top', () => {
  it('is put at the end, in place of the former value, or into braces', () => {
    expect(withTopKey('service: shop # mine\n', 'onConflict', 'supersede')).toBe(
      'service: shop # mine\nonConflict: supersede\n',
    );
    expect(withTopKey('onConflict: reject # why\nservice: shop', 'onConflict', 'supersede')).toBe(
      'onConflict: supersede # why\nservice: shop',
    );
    expect(withTopKey('{ "service": "shop" }', 'onConflict', 'supersede')).toBe(
      '{ "onConflict": "supersede", "service": "shop" }',
    );
  });

  it('is not put into what is no plan', () => {
    expect(withTopKey('- a\n- b\n', 'onConflict', 'supersede')).toBeNull();
    expect(withTopKey('a: [', 'onConflict', 'supersede')).toBeNull();
  });
});
