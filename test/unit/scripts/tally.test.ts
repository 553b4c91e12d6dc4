import { describe, expect, it } from 'vitest';
import { tally } from '../../../scripts/lib/tally.mjs';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  testResults: [
    { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'works' }] },
  ],
};
const good = { checks: { types: true, lint: true }, report, exitCode: 0, leftovers: [] };

describe('the sum of a test run', () => {
  it('counts the checks as tests', () => {
    expect(tally(good)).toEqual({ passed: 5, failed: 0, notes: [] });
  });

  it.each([
    ['a failed check', { checks: { types: false, lint: true } }, /failed: types/],
    ['a process left behind', { leftovers: ['42 haproxy -f x'] }, /42 haproxy/],
    ['no report', { report: undefined }, /no report/],
    ['no tests', { report: { ...report, numPassedTests: 0, testResults: [] } }, /no test has run/],
    ['a bad exit code without a failed test', { exitCode: 1 }, /ended with code 1/],
  ])('has one failure for %s', (_name, change, note) => {
    const { failed, notes } = tally({ ...good, ...change });
    expect(failed).toBe(1);
    expect(notes.join()).toMatch(note);
  });

  it('counts a file that could not be loaded', () => {
    const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
    const { failed, notes } = tally({ ...good, exitCode: 1, report: { ...report, testResults: [broken] } });
    expect(failed).toBe(1);
    expect(notes).toEqual(['failed: b.test.ts could not be loaded']);
  });

  it('counts failed tests once, though the exit code tells of them too', () => {
    expect(tally({ ...good, exitCode: 1, report: { ...report, numFailedTests: 2 } }).failed).toBe(2);
  });

  it('names each test that did not run', () => {
    const skipped = {
      name: 'c.test.ts',
      status: 'passed',
      assertionResults: [{ status: 'pending', fullName: 'later' }],
    };
    expect(tally({ ...good, report: { ...report, testResults: [skipped] } }).notes).toEqual([
      'not run: later',
    ]);
  });
});
