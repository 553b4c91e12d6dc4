import { expect, test } from 'vitest';
import type { Waiting } from '../../../../src/api/contract.ts';
import {
  barredAnswer,
  barredFrom,
  isAsked,
  peopleText,
} from '../../../../src/dashboard/pages/approvals/people.ts';

const open = { people: null, not: ['ann'], counted: [], needed: 1 };

test('it is said whose yes is waited for', () => {
  expect(peopleText(open)).toBe('Waits for anybody, but not ann.');
  expect(peopleText({ people: ['sam', 'sia'], not: [], counted: ['sam'], needed: 2 })).toBe(
    'Waits for sam, sia.',
  );
  expect(peopleText({ people: ['sam', 'sia'], not: [], counted: [], needed: 2 })).toBe(
    'Waits for 2 of sam, sia.',
  );
});

test('nobody is led to a yes that would not count', () => {
  expect(barredFrom(open, 'bob')).toBeNull();
  expect(barredFrom(open, null)).toBeNull();
  expect(barredFrom(open, ' ANN ')).toContain('your own');
  expect(barredFrom({ ...open, counted: ['bob'] }, 'bob')).toContain('already');
  expect(barredFrom({ ...open, people: ['sam'] }, 'bob')).toContain('not for bob');
});

test('an answer is barred only where nothing that waits would count it', () => {
  const gate = { ...open, kind: 'gate' } as const;
  const override = { ...open, kind: 'override' } as const;
  expect(barredAnswer('approve', [gate], 'ann')).toContain('your own');
  expect(barredAnswer('approve', [gate, { ...gate, not: [] }], 'ann')).toBeNull();
  expect(barredAnswer('confirm', [{ ...gate, not: [] }, override], 'ann')).toContain('your own');
  expect(barredAnswer('approve', [override], 'ann')).toBeNull();
  expect(barredAnswer('reject', [gate], 'ann')).toBeNull();
  expect(barredAnswer('approve', [gate], 'bob')).toBeNull();
});

test('a question that another one has taken the place of is not answered', () => {
  const asked: Waiting = {
    ...open,
    sinceMs: null,
    limitAtMs: null,
    askedPercent: 10,
    checks: { pass: 0, fail: 0, noData: 0, error: 0 },
    target: 'prod/shop',
    environment: 'prod',
    service: 'shop',
    version: 'v2',
    kind: 'stage',
    name: 'stage:0',
    question: 'May it go on?',
    author: 'ann',
  };
  expect(isAsked([{ ...asked, counted: ['bob'] }], asked)).toBe(true);
  expect(isAsked([], asked)).toBe(false);
  const others: Partial<Waiting>[] = [{ kind: 'gate' }, { version: 'v3' }, { target: 'dev/shop' }];
  for (const other of [...others, { question: 'May it be rolled back?' }]) {
    expect(isAsked([{ ...asked, ...other }], asked)).toBe(false);
  }
});
