import { describe, expect, it } from 'vitest';
import { renderQuery } from '../../../../src/domain/analysis/template.ts';
import { matcherTest, parseSelector } from '../../../../src/providers/metrics/selector-text.ts';

describe('a selector', () => {
  it('has a name, matchers and maybe a range', () => {
    const selector = parseSelector(` requests_total{ a="x", b!='y',c=~"5..",d!~"z|w", } [ 30s ] `);
    expect(selector.name).toBe('requests_total');
    expect(selector.matchers.map(({ label, operator, value }) => label + operator + value)).toEqual([
      'a=x',
      'b!=y',
      'c=~5..',
      'd!~z|w',
    ]);
    expect(selector.rangeMs).toBe(30_000);
    expect(parseSelector('up').rangeMs).toBeNull();
    expect(parseSelector('up{}').matchers).toEqual([]);
  });

  it('reads a value as it was before it was filled in', () => {
    const version = 'odd"} \\ \' \n';
    const vars = {
      service: 's',
      environment: 'e',
      canary: version,
      stable: 'v1',
      version,
      windowMs: 1,
      share: 1,
    };
    const [matcher] = parseSelector(renderQuery('up{version="{{version}}"}', vars)).matchers;
    expect(matcher?.value).toBe(version);
  });

  it.each([
    'sum(up)',
    'rate(up[1m])',
    'up + up',
    'up offset 5m',
    'up{a="b"',
    'up{a=b}',
    'up{a="b" c="d"}',
    'up{,}',
    '{a="b"}',
    'up[5y]',
    '',
  ])('is all that is understood: %s', (text) => {
    expect(() => parseSelector(text)).toThrow(/must be one selector/);
  });

  it.each([
    ['a="x"', { a: 'x' }, true],
    ['a="x"', {}, false],
    ['a=""', {}, true],
    ['a!="x"', { a: 'y' }, true],
    ['a=~"x|y"', { a: 'y' }, true],
    ['a=~"x"', { a: 'xx' }, false],
    ['a=~".*"', {}, true],
    ['a!~"5.."', { a: '503' }, false],
    ['a!~"5.."', { a: '404' }, true],
  ])('%s of %j is %s', (matchers, labels, expected) => {
    expect(matcherTest(parseSelector(`up{${matchers}}`))(labels)).toBe(expected);
  });

  it.each(['(a+)+', '(a|a)*b', '(?=a)', '(', '(.*a){20}', 'a'.repeat(300)])(
    'does not run the pattern %s',
    (pattern) => {
      expect(() => matcherTest(parseSelector(`up{a=~"${pattern}"}`))).toThrow(/pattern|regular expression/);
    },
  );
});
