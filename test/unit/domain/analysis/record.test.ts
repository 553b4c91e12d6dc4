import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclude, firstFailure, observe, standing } from '../../../../src/domain/analysis/record.ts';
import type { CheckConfig, CheckRecord, Verdict } from '../../../../src/domain/analysis/types.ts';
import { baseline, threshold, verdict } from './samples.ts';

const letters = { p: 'pass', f: 'fail', n: 'no-data', e: 'error' } as const;
type Letter = keyof typeof letters;

/** `ppfe`: two passes, a failure, an error. */
function recordOf(looks: string, config: CheckConfig): CheckRecord | null {
  return [...looks].reduce<CheckRecord | null>(
    (record, letter) => observe(record, verdict(letters[letter as Letter], { check: config.name }), config),
    null,
  );
}

function standingOf(looks: string, changes: Partial<CheckConfig> = {}): string {
  const config = threshold(changes as object);
  return standing(recordOf(looks, config), config);
}

function concludeOf(...looked: readonly (readonly [string, CheckConfig])[]) {
  const records = looked.flatMap(([looks, config]) => recordOf(looks, config) ?? []);
  return conclude(
    records,
    looked.map(([, config]) => config),
  );
}

const patient = { failure: { consecutive: 3, kOfN: null } };
const kOfN = { failure: { consecutive: 99, kOfN: { failures: 2, of: 4 } } };

describe('observe', () => {
  it('counts looks by their answer', () => {
    expect(recordOf('ppfnee', threshold(patient))).toMatchObject({
      name: 'error-rate',
      looks: 6,
      passes: 2,
      failures: 1,
      noData: 1,
      errors: 2,
      consecutiveFailures: 1,
      consecutiveErrors: 2,
      answer: 'no-data',
    });
  });

  it('keeps a bounded memory of conclusive looks', () => {
    expect(recordOf('fpnfepp', threshold(kOfN))?.recent).toEqual([false, true, false, false]);
    expect(recordOf('fpnf', threshold())?.recent).toEqual([true]);
  });

  it('keeps the worst failing look beside the last look', () => {
    const config = threshold(patient);
    const looks: Verdict[] = [
      verdict('fail', { canary: 3 }),
      verdict('fail', { canary: 9 }),
      verdict('fail', { canary: 2 }),
      verdict('pass', { canary: 0 }),
    ];
    const record = looks.reduce<CheckRecord | null>((before, look) => observe(before, look, config), null);
    expect(record?.worst?.canary).toBe(9);
    expect(record?.last?.canary).toBe(0);
  });

  it('takes the side of the bound and of stable into account when it looks for the worst', () => {
    const minimum = threshold({ min: 99, max: null });
    const low = observe(
      observe(null, verdict('fail', { canary: 98 }), minimum),
      verdict('fail', { canary: 50 }),
      minimum,
    );
    expect(low.worst?.canary).toBe(50);
    const relative = baseline();
    const first = observe(null, verdict('fail', { canary: 9, stable: 1 }), relative);
    const second = observe(first, verdict('fail', { canary: 10, stable: 6 }), relative);
    expect(second.worst?.canary).toBe(9);
    const lowerIsWorse = baseline({ worse: 'lower' });
    const slow = observe(null, verdict('fail', { canary: 5, stable: 9 }), lowerIsWorse);
    expect(observe(slow, verdict('fail', { canary: 1, stable: 9 }), lowerIsWorse).worst?.canary).toBe(1);
  });
});

describe('standing', () => {
  it.each([
    ['', 'open'],
    ['p', 'passed'],
    ['n', 'open'],
    ['e', 'open'],
    ['f', 'failed'],
    ['np', 'passed'],
    ['pn', 'open'],
  ])('of "%s" is %s', (looks, expected) => {
    expect(standingOf(looks)).toBe(expected);
  });

  it('fails at so many failures in a row; a pass starts the count afresh', () => {
    expect(standingOf('ff', patient)).toBe('open');
    expect(standingOf('fff', patient)).toBe('failed');
    expect(standingOf('ffpff', patient)).toBe('open');
    expect(standingOf('ffpfff', patient)).toBe('failed');
  });

  it('neither forgives nor counts errors and missing data within a run of failures', () => {
    expect(standingOf('fnefnef', patient)).toBe('failed');
    expect(standingOf('nnnneeee', patient)).toBe('open');
  });

  it('fails at k failures of n; passes do not reset that', () => {
    expect(standingOf('fppf', kOfN)).toBe('failed');
    expect(standingOf('fpppf', kOfN)).toBe('open');
    expect(standingOf('fnneppf', kOfN)).toBe('failed');
  });

  it('is not passed while the latest answer is a failure', () => {
    expect(standingOf('pppf', patient)).toBe('open');
    expect(standingOf('pppfp', patient)).toBe('passed');
  });

  it('lets a few errors stand behind a pass, not many', () => {
    expect(standingOf('peee')).toBe('passed');
    expect(standingOf('peeee')).toBe('open');
    expect(standingOf('peeeep')).toBe('passed');
    expect(standingOf('pe', { maxConsecutiveErrors: 0 })).toBe('open');
  });

  it('does not let an error hide that data went missing', () => {
    expect(standingOf('pne')).toBe('open');
  });

  it('never passes without a pass, and never fails without a failure', () => {
    const looks = fc.array(fc.constantFrom('p', 'f', 'n', 'e')).map((all) => all.join(''));
    const limits = fc.record({
      consecutive: fc.integer({ min: 0, max: 4 }),
      kOfN: fc.option(
        fc.record({ failures: fc.integer({ min: 0, max: 4 }), of: fc.integer({ min: 1, max: 6 }) }),
      ),
    });
    fc.assert(
      fc.property(looks, limits, (all, failure) => {
        const result = standingOf(all, { failure });
        if (result === 'passed') expect(all).toContain('p');
        if (result === 'failed') expect(all).toContain('f');
      }),
    );
  });
});

describe('firstFailure', () => {
  it('names the first failed check of the plan and why', () => {
    const first = threshold({ name: 'first' });
    const second = threshold({ name: 'second' });
    const records = [recordOf('f', second), recordOf('p', first)].flatMap((record) => record ?? []);
    expect(firstFailure(records, [first, second])).toEqual({ check: 'second', reason: 'it said fail' });
    expect(firstFailure([], [first, second])).toBeNull();
  });

  it('says which limit was reached', () => {
    const inARow = threshold(patient);
    expect(
      firstFailure(
        [recordOf('fff', inARow)].flatMap((r) => r ?? []),
        [inARow],
      )?.reason,
    ).toBe('failed 3 looks in a row: it said fail');
    const some = threshold(kOfN);
    expect(
      firstFailure(
        [recordOf('fppfn', some)].flatMap((r) => r ?? []),
        [some],
      )?.reason,
    ).toBe('failed 2 of the last 4 looks: it said fail');
  });

  it('does not act on missing data before the soak is over', () => {
    const strict = threshold({ onNoData: 'fail' });
    expect(
      firstFailure(
        [recordOf('nnnn', strict)].flatMap((r) => r ?? []),
        [strict],
      ),
    ).toBeNull();
  });
});

describe('conclude', () => {
  const hold = threshold({ name: 'hold' });
  const waive = threshold({ name: 'waive', onNoData: 'pass' });
  const strict = threshold({ name: 'strict', onNoData: 'fail' });

  it('passes when all checks have', () => {
    expect(concludeOf(['np', hold], ['p', strict])).toEqual({ kind: 'passed' });
  });

  it('fails when one has failed, whatever the others say', () => {
    expect(concludeOf(['n', hold], ['n', strict], ['f', waive])).toMatchObject({
      kind: 'failed',
      check: 'waive',
    });
  });

  it.each(['n', 'pn', '', 'eeee', 'peeee', 'e'])(
    'stays open after "%s" where missing data holds',
    (looks) => {
      expect(concludeOf([looks, hold], ['p', strict])).toMatchObject({
        kind: 'open',
        reason: expect.stringContaining('hold has no conclusive data'),
      });
    },
  );

  it.each(['n', 'pn', '', 'eeee', 'peeee', 'e'])('fails after "%s" where missing data fails', (looks) => {
    expect(concludeOf([looks, strict], ['p', hold])).toMatchObject({ kind: 'failed', check: 'strict' });
  });

  it('goes on without a check whose missing data passes, if another has really passed', () => {
    expect(concludeOf(['n', waive], ['p', hold])).toEqual({ kind: 'passed' });
  });

  it('lesson 11: never passes on missing data alone', () => {
    expect(concludeOf(['n', waive])).toMatchObject({ kind: 'open' });
    expect(concludeOf(['n', waive], ['pn', { ...waive, name: 'too' }])).toMatchObject({ kind: 'open' });
    expect(conclude([], [])).toMatchObject({ kind: 'open' });
  });

  it('stays open while the latest answer is a failure within the limits, even where missing data passes', () => {
    const lenient = { ...waive, ...patient };
    expect(concludeOf(['pf', lenient], ['p', hold])).toEqual({
      kind: 'open',
      reason: 'the latest answer is a failure: it said fail',
    });
  });

  it('passes only when some check has passed', () => {
    const looks = fc.array(fc.constantFrom('p', 'f', 'n', 'e'), { maxLength: 6 }).map((all) => all.join(''));
    const onNoData = fc.constantFrom('hold' as const, 'fail' as const, 'pass' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(looks, onNoData), { maxLength: 4 }), (all) => {
        const looked = all.map(
          ([one, on], at) => [one, threshold({ name: `c${at}`, onNoData: on })] as const,
        );
        if (concludeOf(...looked).kind !== 'passed') return;
        expect(looked.some(([one, config]) => standing(recordOf(one, config), config) === 'passed')).toBe(
          true,
        );
      }),
    );
  });
});
