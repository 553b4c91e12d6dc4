/** The canonical form of JSON, by the examples of RFC 8785 and by properties. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../../src/domain/evidence/canonical.ts';

test('writes the example of the standard as the standard does', () => {
  const value = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '€$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('sorts keys by their UTF-16 code units', () => {
  const value = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
  expect(Object.keys(JSON.parse(canonicalJson(value)))).toHaveLength(7);
  expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
});

test('is the same for equal values, whatever the order of their keys, and for what it has written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      const text = canonicalJson(value);
      expect(canonicalJson(turned)).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      // What can be encoded comes back as it was.
      expect(Buffer.from(text).toString('utf8')).toBe(text);
    }),
  );
});

test('writes half a surrogate pair as the sign for what is no text', () => {
  expect(canonicalJson({ '\ud800': 'a\udc00b' })).toBe('{"\ufffd":"a\ufffdb"}');
});
