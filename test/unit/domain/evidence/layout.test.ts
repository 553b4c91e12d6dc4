/** Keys of evidence: each target and run has its own, and none leads out of the store. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainKey, holdKey, placeOf, runFolder } from '../../../../src/domain/evidence/layout.ts';

const part = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('/'));

test('a key says which target and position it is of', () => {
  fc.assert(
    fc.property(part, part, fc.integer({ min: 1, max: 1e9 }), (environment, service, position) => {
      const target = `${environment}/${service}`;
      expect(placeOf(chainKey(target, position))).toEqual({ target, position });
    }),
  );
});

test('no name of a target or a run leads to another folder', () => {
  for (const name of ['..', '.', '...', 'a/../b', '%2e%2e', '\\..\\', 'C:']) {
    const keys = [chainKey(`${name}/x`, 1), runFolder('a/b', name), holdKey('a/b', name, 1)];
    for (const key of keys) {
      expect(key.split('/')).not.toContain('..');
      expect(key.split('/')).not.toContain('.');
      expect(key).not.toContain('\\');
    }
  }
});

test('what is none of its files is no place', () => {
  expect(
    ['chain/a/b/1.json', 'chain/a/00000001.json', 'chain/a/b/c/00000001.json', 'chain/a/b/00000001.txt'].map(
      placeOf,
    ),
  ).toEqual([null, null, null, null]);
});

test('a stray key that is encoded as none of ours is nobody’s place', () => {
  expect(placeOf('chain/test/100%/00000001.json')).toBeNull();
});
