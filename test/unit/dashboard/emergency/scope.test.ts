import { expect, test } from 'vitest';
import {
  emergencySentence,
  isConfirmed,
  nothingToStop,
  phraseOf,
} from '../../../../src/dashboard/pages/emergency/scope.ts';
import { stoppedIn } from '../../../../src/dashboard/pages/emergency/stopped.ts';
import { slipsIn, touchedBy } from '../../../../src/dashboard/pages/emergency/touched.ts';
import { wordsIn } from '../../../../src/domain/emergency/scope.ts';

test('nothing is confirmed by less than the whole scope', () => {
  const words = wordsIn('prod/shop demo');
  expect(isConfirmed(words, phraseOf(words))).toBe(true);
  for (const typed of ['', 'prod', 'prod/shop', 'DEMO PROD/SHOP', 'demo prod/sho']) {
    expect(isConfirmed(words, typed)).toBe(false);
  }
  expect(isConfirmed([], '')).toBe(false);
});

test('the sentence says whom it touches, and what cannot begin', () => {
  expect(emergencySentence('stop', ['all'], '')).toContain('No rollout can begin anywhere');
  expect(emergencySentence('stop', ['demo'], '')).not.toContain('No rollout can begin');
  expect(emergencySentence('rollback', ['pay'], 'previous')).toMatch(
    /environment or service named pay.*version before/,
  );
});

test('a scope in which nothing runs promises no stop', () => {
  expect(nothingToStop(['demo/shp', 'prod'])).toBe(
    'No rollout of demo/shp, environment prod is known to run now, so nothing would be stopped.',
  );
});

const running = ['prod/shop', 'prod/cart', 'shop/cart'].map((target) => {
  const [environment = '', service = ''] = target.split('/');
  return { target, environment, service };
});

test('it is told which running rollouts are touched', () => {
  expect(touchedBy('stop', ['shop'], running)).toEqual(['shop/cart']);
  expect(touchedBy('rollback', ['shop'], running)).toEqual(['prod/shop', 'shop/cart']);
  expect(touchedBy('stop', ['prod/cart'], running)).toEqual(['prod/cart']);
  expect(touchedBy('stop', ['all'], running)).toHaveLength(3);
  expect(touchedBy('rollback', ['prod/*'], running)).toEqual(['prod/shop', 'prod/cart']);
  expect(touchedBy('stop', ['prod/shoo'], running)).toEqual([]);
});

test('of each word that touches none it is told what was probably meant', () => {
  expect(slipsIn('stop', ['prod/shop', 'prod/shp', 'prd', 'crt'], running)).toEqual([
    { word: 'prod/shp', meant: 'prod/shop' },
    { word: 'prd', meant: 'prod' },
  ]);
  expect(slipsIn('rollback', ['crt', 'all'], running)).toEqual([{ word: 'crt', meant: 'cart' }]);
  expect(slipsIn('stop', ['all'], [])).toEqual([]);
});

test('a refusal tells what was stopped all the same', () => {
  const notRestored = [{ target: 'prod/cart', traffic: 'edge', problem: 'no answer' }];
  const restored = [{ target: 'prod/shop', traffic: 'haproxy', tookMs: 2 }];
  expect(stoppedIn({ details: { notRestored } })).toEqual({ restored: [], notRestored, listProblem: null });
  expect(stoppedIn({ details: { stop: { restored, notRestored, listProblem: 'away' } } })).toEqual({
    restored,
    notRestored,
    listProblem: 'away',
  });
  expect(stoppedIn({ details: { target: 'prod/shop' } })).toBeNull();
});
