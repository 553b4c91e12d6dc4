/** When the demo counts as gone well, and what it prints. */
import { describe, expect, it } from 'vitest';
import type { RolloutStatus } from '../../../src/domain/rollout/status.ts';
import { complaints, type DemoEnd, summary } from '../../../src/stack/demo-report.ts';
import { nextGoodVersion, withVersion } from '../../../src/stack/demo-versions.ts';

const cause = { kind: 'check', reason: 'errors', actor: null, atMs: 11_000 } as const;
const rolledBack = { startedAtMs: 1_000, endedAtMs: 12_000, cause, restoredAtMs: 11_040 } as RolloutStatus;
const seen = {
  requests: 200,
  errors: 9,
  lastSeenAtMs: 11_030,
  firstErrorAtMs: 3_000,
  lastErrorAtMs: 10_500,
  recentSentAtMs: [11_000, 11_020],
};

function end(
  over: { good?: string; bad?: string; v3?: Partial<typeof seen>; status?: Partial<RolloutStatus> } = {},
) {
  const none = { ...seen, errors: 0, firstErrorAtMs: null, lastErrorAtMs: null };
  const idle = { p50: 0, p95: 0, p99: 0 };
  return {
    good: { version: 'v2', outcome: over.good ?? 'promoted', status: null },
    bad: { version: 'v3', outcome: over.bad ?? 'rolled-back', status: { ...rolledBack, ...over.status } },
    load: {
      rate: 200,
      requests: 400,
      errors: 9,
      networkFailures: 0,
      versions: { v2: none, v3: { ...seen, ...over.v3 } },
      last5s: { seconds: 5, requests: 0, errorPercent: 0, versions: {}, latencyMs: idle },
    },
  } satisfies DemoEnd;
}

describe('the demo', () => {
  it('went well when the good version was promoted and the bad one taken back in time, for good', () => {
    expect(complaints(end())).toEqual([]);
    const text = summary(end()).join('\n');
    expect(text).toMatch(/v3 +rolled-back +11\.0 s +10\.0 s +40 ms/);
    expect(text).toMatch(/v3 +200 +9 +4\.50 %/);
    expect(text).toContain('errors for 7.5 s (at most 30), and 0 requests reached it after the restore');
  });

  it.each([
    ['the good version was not promoted', end({ good: 'rolled-back' }), /v2 ended rolled-back/],
    ['the bad version was promoted', end({ bad: 'promoted' }), /v3 ended promoted/],
    [
      'a request reached the bad version later',
      end({ v3: { recentSentAtMs: [11_000, 11_041] } }),
      /^1 requests reached/,
    ],
    ['users saw errors for too long', end({ v3: { lastErrorAtMs: 34_000 } }), /for 31s/],
    ['no restore was reported', end({ status: { restoredAtMs: null } }), /nobody said/],
  ])('went wrong when %s', (_, demo, complaint) => {
    expect(complaints(demo)).toHaveLength(1);
    expect(complaints(demo)[0]).toMatch(complaint);
  });

  it('went wrong when no user met the bad version', () => {
    const demo = end();
    const { v2 } = demo.load.versions;
    expect(complaints({ ...demo, load: { ...demo.load, versions: { v2 } } }).join()).toMatch(
      /no user ever met/,
    );
  });
});

describe('the next version', () => {
  it.each([
    [null, 'v2'],
    ['v1', 'v2'],
    ['v2', 'v2.1'],
    ['v2.1', 'v2.2'],
    ['v2.9', 'v2.10'],
    ['v3', 'v2'],
    ['v7-errors-2', 'v2'],
  ])('after %s is %s', (stable, next) => {
    expect(nextGoodVersion(stable)).toBe(next);
  });

  it('replaces only the version of a plan', () => {
    expect(withVersion('service: shop\nversion: v2\nstages: []\n', 'v2.10')).toBe(
      'service: shop\nversion: "v2.10"\nstages: []\n',
    );
    expect(() => withVersion('service: shop', 'v9')).toThrow(/no line/);
  });
});
