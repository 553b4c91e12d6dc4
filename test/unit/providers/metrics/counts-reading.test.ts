import { describe, expect, it } from 'vitest';
import type { CountsCheck, CountsEvidence } from '../../../../src/domain/analysis/counts-check.ts';
import type { Verdict } from '../../../../src/domain/analysis/types.ts';
import { lookAtCounts } from '../../../../src/providers/metrics/bound-reading.ts';
import { createMemoryMetrics, type MemoryMetrics } from '../../../../src/providers/metrics/memory.ts';

const vars = { service: 'shop', environment: 'test', canary: 'v2', stable: 'v1', canaryShare: 0.25 };
const beganMs = 1_000_000;
const check: CountsCheck = {
  kind: 'counts',
  name: 'errors',
  unit: '%',
  counters: { part: 'bad {{version}}', partIs: 'bad', total: 'all {{version}}' },
  shows: 'bad',
  minSamples: 50,
  margin: { ratio: 1.05, difference: 0 },
  guard: null,
  enough: null,
  alpha: 0.01,
  rollbackAlpha: 0.01,
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
};

/** Each instance answers 10 requests a second, of which so many fail. */
type Fleet = Readonly<Record<string, number>>;

function sourceOf(label: string | null, fleets: Readonly<Record<'v1' | 'v2', Fleet>>): MemoryMetrics {
  const metrics = createMemoryMetrics();
  for (const [version, fleet] of Object.entries(fleets)) {
    const series = (atMs: number, perSecond: (failing: number) => number) =>
      Object.entries(fleet).map(([name, failing]) => ({
        labels: { status: name, ...(label === null ? {} : { [label]: name }) },
        value: Math.floor((perSecond(failing) * atMs) / 1000),
      }));
    metrics.set(`bad ${version}`, (atMs) => series(atMs, (failing) => failing));
    metrics.set(`all ${version}`, (atMs) => series(atMs, () => 10));
  }
  return metrics;
}

async function watch(provider: MemoryMetrics, looks: number): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let evidence: CountsEvidence | undefined;
  for (let at = 1; at <= looks; at++) {
    const look = {
      signal: new AbortController().signal,
      atMs: beganMs + at * 5_000,
      fromMs: beganMs,
      evidence,
    };
    const verdict = await lookAtCounts(provider, check, vars, look);
    evidence = verdict.evidence;
    verdicts.push(verdict);
  }
  return verdicts;
}

const stable: Fleet = { a: 0.01, b: 0.02, c: 0.01, d: 0.02, e: 0.01 };

describe('a check of counters', () => {
  it('takes a sick pod for no proof against its version, and one that is sick throughout for it', async () => {
    const onePod = { v1: stable, v2: { f: 2, g: 0.01, h: 0.02 } };
    const [told, untold] = await Promise.all([
      watch(sourceOf('pod', onePod), 40),
      watch(sourceOf(null, onePod), 40),
    ]);
    expect(told.at(-1)).toMatchObject({ kind: 'pass', statistics: { dispersion: expect.any(Number) } });
    expect(told.at(-1)?.statistics?.dispersion).toBeGreaterThan(2);
    expect(untold.at(-1)?.kind).toBe('fail');
    const all = await watch(sourceOf('pod', { v1: stable, v2: { f: 2, g: 1.5, h: 2 } }), 40);
    expect(all.at(-1)?.kind).toBe('fail');
  });

  it('tells instances apart by pod, or by the address that was scraped', async () => {
    for (const label of ['pod', 'instance']) {
      const [verdict] = await watch(sourceOf(label, { v1: stable, v2: { f: 0, g: 0 } }), 1);
      expect(verdict?.evidence?.state.spread?.rest).toEqual({ bad: 0, total: 50 });
    }
    const [unlabelled] = await watch(sourceOf(null, { v1: stable, v2: { f: 0, g: 0 } }), 1);
    expect(unlabelled?.evidence?.instances).toBeUndefined();
    expect(unlabelled?.evidence?.state.spread).toBeUndefined();
  });

  it('counts nothing of an instance twice, though looks overlap', async () => {
    const verdicts = await watch(sourceOf('pod', { v1: stable, v2: { f: 0.5, g: 0.1 } }), 60);
    const { evidence } = verdicts.at(-1) ?? {};
    const sum = (arm: 'canary' | 'stable') =>
      Object.values(evidence?.instances?.[arm] ?? {}).reduce(
        ({ bad, total }, one) => ({ bad: bad + one.bad, total: total + one.total }),
        evidence?.sinceAnchor[arm] ?? { bad: 0, total: 0 },
      );
    expect(sum('canary')).toEqual(evidence?.state.canary);
    expect(sum('stable')).toEqual(evidence?.state.stable);
  });
});
