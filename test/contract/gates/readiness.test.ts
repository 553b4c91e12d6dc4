import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { GateAnswer, GateReport } from '../../../src/domain/gates/types.ts';
import { readinessGate } from '../../../src/providers/gates/readiness.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

const dayMs = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

const categories = {
  security: [
    { name: 'no critical finding', gate: 'scans' },
    {
      name: 'threat model',
      fact: 'threat-model',
      maxAgeDays: 90,
      action: 'book a review with the security team',
    },
  ],
  performance: [{ name: 'p95 under load', fact: 'p95-seconds', max: 2 }],
  reliability: [
    { name: 'restore drill', fact: 'restore-drill', blocker: false, action: 'restore a backup in staging' },
    { name: 'runbook', fact: 'runbook', blocker: false, weight: 3 },
  ],
};

const good = { 'threat-model': true, 'p95-seconds': 1.4, 'restore-drill': true, runbook: true };
const told = (facts: object, more: object = {}) => ({
  service: 'shop',
  version: 'v2',
  at: ago(1),
  facts,
  ...more,
});

const saying = (answer: GateAnswer, reason = 'found nothing'): { answers: readonly GateReport[] } => ({
  answers: [
    {
      name: 'scans',
      gate: 'scans',
      type: 'vulnerabilities',
      place: 'start',
      answer,
      reason,
      facts: {},
      reports: [],
      atMs: Date.now(),
    },
  ],
});

gateContract(readinessGate, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-readiness-'));
  const file = (content: unknown) => () =>
    writeFileSync(
      join(directory, 'v2.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  const question = saying('open');
  return {
    gate: readinessGate.create({ directory, report: '{{version}}.json', categories, minScore: 80 }),
    open: [
      { name: 'all is ready', question, arrange: file(told(good)) },
      { name: 'something small is not', question, arrange: file(told({ ...good, 'restore-drill': false })) },
      {
        name: 'facts with their own time',
        question,
        arrange: file(
          told(
            Object.fromEntries(
              Object.entries(good).map(([name, value]) => [name, { value, at: ago(80), detail: 'by eve' }]),
            ),
            { at: undefined },
          ),
        ),
      },
    ],
    closed: [
      {
        name: 'a blocker that another gate has found',
        question: saying('refuse', 'CVE-2030-1 (critical) in openssl'),
        arrange: file(told(good)),
        answer: 'refuse',
        says: /security: no critical finding is not given: scans says that CVE-2030-1/,
      },
      {
        name: 'a gate that has not answered yet',
        arrange: file(told(good)),
        answer: 'hold',
        says: /security: no critical finding is not known: the gate scans has not answered here/,
      },
      {
        name: 'a number out of bounds',
        question,
        arrange: file(told({ ...good, 'p95-seconds': { value: 3.1, detail: 'at 500 requests a second' } })),
        answer: 'refuse',
        says: /performance: p95 under load is 3\.1, and 2 is the most: at 500 requests a second/,
      },
      {
        name: 'an old fact, with what to do',
        question,
        arrange: file(told({ ...good, 'threat-model': { value: true, at: ago(91) } })),
        answer: 'hold',
        says: /security: threat model is 91d old, and may be 90d; book a review with the security team/,
      },
      {
        name: 'too low a score',
        question,
        arrange: file(told({ ...good, runbook: false, 'restore-drill': false })),
        answer: 'refuse',
        says: /reliability: restore drill is not given.*score 66\.7, and 80 is the least/,
      },
      {
        name: 'a document of another version',
        question,
        arrange: file(told(good, { version: 'v1' })),
        answer: 'refuse',
        says: /is of version v1, not v2/,
      },
    ],
    missing: [
      { name: 'no document', question, arrange: () => rmSync(join(directory, 'v2.json'), { force: true }) },
      { name: 'half a document', question, arrange: file('{"facts": {"threat') },
      { name: 'no facts', question, arrange: file(told({})) },
      { name: 'a fact of no known time', question, arrange: file(told(good, { at: undefined })) },
      { name: 'yes where a number must be', question, arrange: file(told({ ...good, 'p95-seconds': true })) },
    ],
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
});

it('reports blockers, scores by category, and what to do next', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-readiness-'));
  writeFileSync(
    join(directory, 'v2.json'),
    JSON.stringify(told({ ...good, 'threat-model': false, 'restore-drill': false })),
  );
  const gate = readinessGate.create({ directory, report: '{{version}}.json', categories });
  const question = questionFixture({ ...saying('open'), options: {} });
  const { facts, reports } = await gate.evaluate(question, AbortSignal.timeout(patientMs));
  expect(facts).toEqual({
    score: 75,
    categories: { security: 50, performance: 100, reliability: 75 },
    blockers: ['security: threat model'],
    actions: ['book a review with the security team', 'restore a backup in staging'],
  });
  const report = JSON.parse(reports?.[0]?.content ?? '');
  expect(report).toMatchObject({ service: 'shop', version: 'v2', answer: 'refuse' });
  expect(JSON.parse(report.document).facts['p95-seconds']).toBe(1.4);
  rmSync(directory, { recursive: true, force: true });
});
