/** `sluice rollbacks`: what it asks for, and what it prints for people and for machines. */
import { expect, test } from 'vitest';
import { linksOf, type RollbackPage } from '../../../src/api/contract.ts';
import type { RollbackRecord } from '../../../src/domain/rollout/rollback-record.ts';
import { rollbackStatisticsOf } from '../../../src/domain/rollout/rollback-statistics.ts';
import { rollbackFixture } from '../../support/rollback.ts';
import { runId } from '../api/fakes.ts';
import { sluice } from './fakes.ts';

function pageOf(records: readonly RollbackRecord[], more: Partial<RollbackPage> = {}): RollbackPage {
  return {
    rollbacks: records.map((record) => ({
      environment: 'demo',
      service: 'shop',
      runId,
      ended: true,
      record,
      links: linksOf('demo', 'shop', runId),
    })),
    next: null,
    statistics: rollbackStatisticsOf(records, 10),
    complete: true,
    unanswered: 0,
    cutShort: [],
    ...more,
  };
}

const byCheck = rollbackFixture({
  trigger: 'check',
  reason: `errors: ${'very '.repeat(20)}bad`,
  decideMs: 4_000,
  firstBadAtMs: 96_000,
  canaryRequests: null,
});
const page = pageOf([byCheck, rollbackFixture()]);

test('prints a table and what the rollbacks say together', async () => {
  const { code, out, err } = await sluice(['rollbacks'], { rollbacks: async () => page });
  expect([code, err]).toEqual([0, '']);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(
    /^DECIDED \(UTC\) +TARGET +VERSION +TRIGGER +DETECTED +RESTORED +REQUESTS +REASON$/,
  );
  expect(lines[1]).toMatch(/^1970-01-01 00:01:40 +demo\/shop +v2 +check +4s +40ms +\? +errors: very .*…$/);
  expect(lines[2]).toMatch(/command +- +40ms +321 +people complain$/);
  expect(lines.slice(4)).toEqual([
    '2 in all: check 1, command 1',
    'restored in time: 2 of 2 (100.0 %)',
    'from decision to restored: p50 40ms, p95 40ms (n 2)',
    'from first bad look to decision: p50 4s, p95 4s (n 1)',
    'MTTD 4s, MTTR 4s',
    'the canaries served 321 requests (counted in 1 of 2), of about 33 users',
    '',
  ]);
});

test('asks for what the options say', async () => {
  const args = [
    '--since',
    '7d',
    '--trigger',
    'check',
    '--service',
    'shop',
    '--requests-per-user',
    '12',
    '--limit',
    '5',
  ];
  const { calls } = await sluice(['rollbacks', ...args], { rollbacks: async () => page });
  const query = { since: '7d', trigger: 'check', service: 'shop', requestsPerUser: 12, limit: 5 };
  const always = { sinceMs: Number.NEGATIVE_INFINITY, listsSinceMs: Number.NEGATIVE_INFINITY };
  expect(calls).toEqual([{ method: 'rollbacks', args: [query, null, always] }]);
});

test('prints the answer as it came for machines', async () => {
  const { out } = await sluice(['rollbacks', '--json'], { rollbacks: async () => page });
  expect(JSON.parse(out)).toEqual(page);
});

test('says that there are none, that some are missing, and how to go on', async () => {
  const none = await sluice(['rollbacks'], { rollbacks: async () => pageOf([]) });
  expect(none.out).toBe('no rollbacks\n');
  const partly = pageOf([byCheck], { next: 'abc', complete: false, unanswered: 2 });
  const { err } = await sluice(['rollbacks'], { rollbacks: async () => partly });
  expect(err).toContain('the oldest are left out');
  expect(err).toContain('2 rollouts gave no account');
  expect(err).toContain('more: add --cursor abc');
});

test('names what was ended from outside and left no record', async () => {
  const killed = {
    target: 'demo/shop',
    environment: 'demo',
    service: 'shop',
    version: 'v2',
    phase: 'soaking',
    stage: 0,
    outcome: null,
    workflowId: 'rollout/demo/shop',
    runId,
    temporalStatus: 'TERMINATED',
    startedAtMs: 0,
    endedAtMs: 1_000,
  } as const;
  const { err } = await sluice(['rollbacks'], { rollbacks: async () => pageOf([], { cutShort: [killed] }) });
  expect(err).toContain('demo/shop v2 was ended from outside (TERMINATED) while it was soaking: no record');
});

test.each([
  ['--since', 'yesterday'],
  ['--trigger', 'nonsense'],
  ['--limit', '0'],
  ['--requests-per-user', 'many'],
])('refuses %s %s', async (option, value) => {
  const { code } = await sluice(['rollbacks', option, value], { rollbacks: async () => page });
  expect(code).toBe(2);
});
