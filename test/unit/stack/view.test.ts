/** The terminal picture of a rollout, line by line. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/analysis/types.ts';
import { apply, initialState } from '../../../src/domain/rollout/machine.ts';
import type { RolloutStatus, WatchProgress } from '../../../src/domain/rollout/status.ts';
import { statusOf } from '../../../src/domain/rollout/status.ts';
import { type LoadView, renderView } from '../../../src/stack/view.ts';
import { planFixture } from '../../support/plan.ts';

const startMs = Date.UTC(2030, 0, 1, 12);

const verdict: Verdict = {
  check: 'success-rate',
  kind: 'pass',
  reason: 'success rate 99.9 % of 400 samples is within the limit of at least 99 %',
  canary: 99.9,
  stable: null,
  canarySamples: 400,
  stableSamples: null,
  atMs: startMs + 9_000,
};

const live: WatchProgress = {
  stage: 0,
  epoch: 1,
  carry: { watchedMs: 10_000, extended: false, checks: [], reasserted: 0, looks: 4, canaryRequests: 40 },
  plannedMs: 20_000,
  verdicts: [{ ...verdict, kind: 'no-data' }, verdict],
  askedPercent: 10,
  measuredPercent: 9.84,
  leaseUntilMs: startMs + 40_000,
  trouble: null,
  atMs: startMs + 10_000,
};

const load: LoadView = {
  rate: 200,
  last5s: {
    seconds: 5,
    requests: 1_000,
    errorPercent: 0.5,
    versions: { v1: { requests: 900, errors: 0 }, v2: { requests: 100, errors: 5 } },
    latencyMs: { p50: 10, p95: 15, p99: 20 },
  },
};

/** A rollout whose first stage soaks. */
function soaking(): RolloutStatus {
  const start = { plan: planFixture(), actor: 'ann', reason: '', atMs: startMs };
  const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
  const prepared = apply(initialState(start), { kind: 'prepared', arms, epochBase: 1, note: null }, startMs);
  return statusOf(apply(prepared, { kind: 'shifted', readWeightPercent: 10 }, startMs));
}

const render = (over: Partial<RolloutStatus> = {}, liveOver: Partial<WatchProgress> = {}) =>
  renderView({ ...soaking(), ...over }, { ...live, ...liveOver }, load, { nowMs: startMs + 10_000 }).join(
    '\n',
  );

describe('renderView', () => {
  it('shows who goes where, and the soak with share asked and share measured', () => {
    const text = render();
    expect(text).toMatch(/v1 → v2 {2}soaking {2}for 10s/);
    expect(text).toMatch(/▶ .* █{10}░{10} 10s of 20s {2}asked 10 %, measured 9\.8 %/);
  });

  it('shows the latest verdict of each check, users by version, and the lease', () => {
    const text = render();
    expect(text).toContain('pass    success-rate: success rate 99.9 % of 400 samples is within');
    expect(text).not.toContain('no-data');
    expect(text).toContain('users, last 5 s: 200/s, 0.5 % errors, p50 10 ms, p95 15 ms, p99 20 ms');
    expect(text).toMatch(/v1 +90 % of requests, 0\.0 % errors/);
    expect(text).toMatch(/v2 +10 % of requests, 5\.0 % errors \(canary\)/);
    expect(text).toContain('lease: 30s left');
  });

  it.each([
    [
      120,
      'evidence █████░░░░░  -10 ···········├┼────────┤··· +10 points worse  canary 99.9  stable 100',
      'canary ██████████░░░░░░░░░░ 0.05      stable ████████████████████ 0.1',
    ],
    [
      80,
      'evidence █████░░░░░  -10 ···········├┼────────┤··· +10 points worse',
      'canary █████████░░░░░░░░░ 0.05      stable ██████████████████ 0.1',
    ],
  ])(
    'draws in %d columns the evidence, the interval of the difference, both arms',
    (columns, ofCounts, ofValues) => {
      const statistics = {
        eValue: 10,
        failsAt: 100,
        confidence: 0.99,
        difference: { low: -0.9, high: 7.8 },
        looks: 4,
        dispersion: 1,
      };
      const counts = { ...verdict, stable: 100, statistics };
      const latency = { ...verdict, check: 'latency', canary: 0.05, stable: 0.1 };
      const lines = renderView(soaking(), { ...live, verdicts: [counts, latency] }, null, {
        columns,
        bars: true,
      });
      expect(lines.filter((line) => line.startsWith('          '))).toEqual([
        `          ${ofCounts}`,
        `          ${ofValues}`,
      ]);
      expect(render()).not.toContain('evidence █');
    },
  );

  it('says what stands in the way', () => {
    expect(render({ paused: true })).toContain('soaking, paused');
    expect(render({ holdReason: 'no data' })).toContain('held: no data');
    expect(render({}, { trouble: 'metrics away' })).toContain('trouble: metrics away');
    expect(render({}, { leaseUntilMs: startMs })).toContain('lease: run out');
    expect(render({}, { measuredPercent: null })).toContain('measured —');
  });

  it('tells the way back and how long it took', () => {
    const cause = { kind: 'check', reason: 'too many errors', actor: null, atMs: startMs + 5_000 } as const;
    expect(render({ cause, phase: 'restoring' })).toContain('going back to stable …');
    const back = render({ cause, phase: 'cleaning', restoredAtMs: startMs + 5_120 });
    expect(back).toContain('rollback: too many errors');
    expect(back).toContain('all traffic back on stable 120ms after the decision');
  });

  it('shows the promotion as the last row', () => {
    expect(render({ phase: 'promoting' })).toMatch(/▶ 100% +100 % +becomes the stable version/);
    expect(render({ phase: 'promoted', outcome: 'promoted' })).toMatch(/✓ 100% +100 % +stable/);
  });

  it('works without progress and without load, and shows nothing of an older stage', () => {
    const status = soaking();
    expect(renderView(status, null, null).join('\n')).toContain('soaking');
    expect(renderView(status, { ...live, stage: 3 }, null).join('\n')).not.toContain('measured 9.8');
  });

  it.each([
    [100, '▶ a stage of which much…    10 %  ██████████░░░░░░░░░░ 10s of 20s  asked 10 %, measured 9.8 %'],
    [60, '▶ a stage…    10 %  ██████████░░░░░░░░░░ 10s of 20s  aske…'],
  ])('shortens in %d columns a long name of a stage, not what is measured of it', (columns, line) => {
    const before = soaking();
    const stages = before.stages.map((stage) => ({
      ...stage,
      name: `a stage of which much is said ${'x'.repeat(170)}`,
    }));
    const lines = renderView({ ...before, stages }, live, null, { columns });
    expect(lines.find((one) => one.includes('▶'))?.trim()).toBe(line);
    expect(lines.find((one) => one.includes('100%'))).toMatch(/· 100% +100 %$/);
  });

  it('cuts lines to the terminal, colours or not, and lets no control character through', () => {
    const entry = {
      atMs: startMs,
      kind: 'command',
      text: `evil \u001b[2J\u0007${'x'.repeat(200)}`,
      stage: null,
    } as const;
    const status = { ...soaking(), timeline: [{ ...entry, actor: null }] };
    for (const color of [true, false]) {
      for (const line of renderView(status, live, load, { columns: 60, color })) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are control characters.
        const bare = line.replace(/\u001b\[\d+m/g, '');
        expect(bare.length).toBeLessThanOrEqual(60);
        expect(bare).not.toMatch(/\p{Cc}/u);
      }
    }
  });
});
