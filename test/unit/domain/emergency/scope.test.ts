import { describe, expect, it } from 'vitest';
import {
  covers,
  emergencyIdOf,
  idsCovering,
  normalised,
  problemOfScope,
  problemOfTyped,
  wordsIn,
} from '../../../../src/domain/emergency/scope.ts';

describe('a scope', () => {
  it.each([
    [['all'], 'prod/shop', true],
    [['canary'], 'prod/shop', true],
    [['prod/shop'], 'prod/shop', true],
    [['prod/shop'], 'prod/shop-admin', false],
    [['prod/*'], 'prod/shop', true],
    [['prod/*'], 'preprod/shop', false],
    [['*/shop'], 'demo/shop', true],
    [['prod/pay*'], 'prod/payments', true],
    [['prod'], 'prod/shop', true],
    [['shop'], 'prod/shop', true],
    [['pro*'], 'prod/shop', true],
    [['a.b'], 'prod/aXb', false],
    [['demo', 'prod/cart'], 'prod/cart', true],
    [['demo', 'prod/cart'], 'prod/shop', false],
  ])('%j covers %s: %s', (words, target, covered) => {
    expect(covers(words, target)).toBe(covered);
  });

  it.each([
    [[], 'must name'],
    [['all', 'prod'], 'no other word'],
    [['prod', 'canary'], 'no other word'],
    [['a/b/c'], 'neither'],
    [['prod/'], 'neither'],
    [['pr od'], 'neither'],
    [['"; drop'], 'neither'],
    [['<script>alert("x")</script>'], 'neither'],
    [Array.from({ length: 1001 }, (_, index) => `s${index}`), 'at most 1000'],
  ])('%j is refused', (words, why) => {
    expect(problemOfScope(words)).toContain(why);
  });

  it.each([[['pay*']], [['*/shop.eu']], [['prod/*-api']], [['a'.repeat(63)]], [['pre-prod', 'prod_2/shop']]])(
    '%j is one',
    (words) => {
      expect(problemOfTyped(words)).toBeNull();
    },
  );

  it.each([['demo,prod'], [',,'], ['Demo'], ['prod/shöp'], ['prod/Shop*'], ['-prod'], ['p'.repeat(64)]])(
    'may hold "%s", which nobody means who types it',
    (word) => {
      expect(problemOfScope([word])).toBeNull();
      expect(problemOfTyped(['prod', word])).toContain('can be no name');
    },
  );

  it('is read as people separate words, each once', () => {
    expect(wordsIn(' prod/shop,  prod/cart\nprod/shop ')).toEqual(['prod/cart', 'prod/shop']);
    expect(wordsIn('demo,prod')).toEqual(['demo', 'prod']);
    expect(wordsIn(' ,, ')).toEqual([]);
  });

  it('has one id, however it is written', () => {
    expect(emergencyIdOf(['prod/shop'])).toBe('prod/shop');
    expect(emergencyIdOf(['b', 'a', 'b'])).toBe(emergencyIdOf(['a', 'b']));
    expect(emergencyIdOf(['a', 'b'])).toMatch(/^several-[0-9a-f]{16}$/);
    expect(emergencyIdOf(['a', 'b'])).not.toBe(emergencyIdOf(['a', 'c']));
    expect(normalised(['b', 'a', 'b'])).toEqual(['a', 'b']);
  });

  it('of a single word is found by its id from any target that it covers', () => {
    for (const word of ['all', 'canary', 'prod', 'shop', 'prod/shop']) {
      expect(covers([word], 'prod/shop')).toBe(true);
      expect(idsCovering('prod/shop')).toContain(emergencyIdOf([word]));
    }
  });
});
