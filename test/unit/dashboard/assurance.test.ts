import { describe, expect, it } from 'vitest';
import { gatesHeadline, scoreText, toneOf } from '../../../src/dashboard/pages/assurance/words.ts';
import { shareText, tookText } from '../../../src/dashboard/pages/rollbacks/words.ts';
import { rolloutPath } from '../../../src/dashboard/shell/rollout-path.ts';
import { factsIn, placeText } from '../../../src/domain/gates/wording.ts';

describe('facts of gates', () => {
  it('are lines, whatever their shape, and say nothing where they are empty', () => {
    const facts = {
      digest: 'sha256:1',
      counts: { critical: 1, high: 0 },
      over: ['a', null],
      none: [],
      no: null,
    };
    expect(factsIn(facts)).toEqual([
      ['digest', 'sha256:1'],
      ['counts', 'critical 1, high 0'],
      ['over', 'a'],
    ]);
  });

  it('name a vulnerability and an exception as people do, with its end as a date', () => {
    const facts = {
      over: [
        { id: 'CVE-1', package: 'openssl', version: '3.0.1', severity: 'critical', fixedIn: '3.0.2' },
        { id: 'CVE-2', package: '', version: '', severity: 'high', fixedIn: null },
      ],
      excepted: [
        {
          id: 'CVE-3',
          package: null,
          reason: 'its code is not reached',
          approver: 'sam',
          untilMs: Date.UTC(2026, 11, 30, 9),
        },
      ],
    };
    expect(factsIn(facts)).toEqual([
      ['over', 'CVE-1 (critical) in openssl 3.0.1, mended in 3.0.2; CVE-2 (high)'],
      ['excepted', 'CVE-3 until 2026-12-30 09:00 UTC by sam: its code is not reached'],
    ]);
  });

  it('that only look so, as a webhook may send them, are told all the same', () => {
    const odd = { id: 'x', package: null, reason: 'r', approver: 'sam', untilMs: 1e300 };
    expect(factsIn({ odd })).toEqual([['odd', 'id x, reason r, approver sam, untilMs 1e+300']]);
  });

  it('were asked at a place that people know', () => {
    expect((['start', 'standing', 0] as const).map(placeText)).toEqual([
      'before the rollout',
      'all the time',
      'before stage 1',
    ]);
  });
});

describe('the headline of gates', () => {
  const gate = (name: string, answer: 'open' | 'hold' | 'refuse') => ({
    ...({
      name,
      gate: name,
      type: name,
      place: 'start',
      answer,
      reason: '',
      facts: {},
      reports: [],
      atMs: 0,
    } as const),
  });
  const approval = { name: 'approval', type: 'approval', place: 0 } as const;
  const textOf = (gates: ReturnType<typeof gate>[], unanswered: (typeof approval)[] = [], underWay = true) =>
    gatesHeadline({ gates, unanswered, underWay }).text;

  it('says that gates are waited for, whether they hold or have yet to be asked', () => {
    expect(textOf([gate('approval', 'hold')])).toBe('1 gate waiting: approval');
    expect(textOf([gate('ci', 'open')], [approval])).toBe('1 of 2 gates waiting: approval');
    expect(textOf([], [approval], false)).toBe('1 gate never asked: approval');
  });

  it('claims nothing where a plan has none, and names what refused', () => {
    expect(textOf([])).toBe('nothing is assured');
    expect(textOf([gate('ci', 'open')])).toBe('the gate is open');
    expect(textOf([gate('ci', 'open'), gate('sbom', 'open')])).toBe('all 2 gates are open');
    expect(textOf([gate('ci', 'refuse'), gate('sbom', 'hold')])).toBe('1 of 2 gates not open: ci');
    expect(textOf([gate('ci', 'hold')], [], false)).toBe('1 gate not open: ci');
  });
});

it('a score of 90 is good, as gates ask for by default', () => {
  expect([100, 90, 89.9, 69].map(toneOf)).toEqual(['good', 'good', 'warn', 'bad']);
  expect([95, 96.666].map(scoreText)).toEqual(['95', '96.7']);
});

it('paths keep the run, and names that need it are escaped', () => {
  const latest = { environment: 'prod', service: 'a b' };
  expect(rolloutPath({ ...latest, run: 'r1' })).toBe('/rollouts/prod/a%20b?run=r1');
  expect(rolloutPath(latest, 'security')).toBe('/rollouts/prod/a%20b/security');
});

it('times of rollbacks have the digits that matter', () => {
  expect([null, 23.4, 1_240, 65_000].map(tookText)).toEqual(['—', '23 ms', '1.2 s', '1 m 5 s']);
  expect([null, 1, 0.995].map(shareText)).toEqual(['—', '100 %', '99.5 %']);
});
