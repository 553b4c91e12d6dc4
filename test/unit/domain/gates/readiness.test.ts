import { describe, expect, it } from 'vitest';
import {
  type DocumentName,
  judgeReadiness,
  type ReadinessCheck,
  readFacts,
} from '../../../../src/domain/gates/readiness.ts';
import type { GateReport } from '../../../../src/domain/gates/types.ts';

const check: ReadinessCheck = {
  name: 'no finding',
  category: 'security',
  blocker: true,
  weight: 1,
  action: null,
  of: { gate: 'scans' },
};
const report = (more: Partial<GateReport>): GateReport => ({
  name: 'scans',
  gate: 'scans',
  type: 'vulnerabilities',
  place: 'start',
  answer: 'open',
  reason: 'found something',
  facts: {},
  reports: [],
  atMs: 1,
  ...more,
});
const answer = (...gates: GateReport[]) =>
  judgeReadiness([check], { facts: new Map(), gates, nowMs: 2 }, 90).answer;

describe('a check of another gate', () => {
  it('is of the instance, not of what a plan names so', () => {
    expect(answer(report({ gate: 'window', type: 'window' }))).toBe('hold');
    expect(answer(report({ name: 'mine' }))).toBe('open');
  });

  it('passes only if all that is asked of the instance is open', () => {
    const two = (second: GateReport['answer']) =>
      answer(report({}), report({ name: 'more', answer: second }));
    expect([two('open'), two('hold'), two('refuse')]).toEqual(['open', 'hold', 'refuse']);
  });
});

describe('a readiness document', () => {
  const about = { service: 'shop', environment: 'prod', version: 'v2' };
  const read = (document: object, required?: readonly DocumentName[]) =>
    readFacts(JSON.stringify({ facts: { drill: true }, ...document }), about, required);

  it('is of what it says that it is of', () => {
    expect(read({})).toHaveProperty('facts');
    expect(read({ environment: 'test' })).toEqual({
      problem: expect.stringMatching(/of environment test, not prod/),
    });
  });

  it('must say what the operator wants to know', () => {
    expect(read({}, ['version'])).toEqual({ problem: expect.stringMatching(/not say of which version/) });
    expect(read({ version: 'v2' }, ['version'])).toHaveProperty('facts');
  });
});
