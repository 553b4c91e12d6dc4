/** `sluice metrics check` through a real API on loopback, with a metrics source in memory. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { metricsCheckSchema } from '../../../src/api/contract.ts';
import { main } from '../../../src/cli/program.ts';
import { presets } from '../../../src/domain/analysis/presets.ts';
import type { CheckConfig } from '../../../src/domain/analysis/types.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { countsOf } from '../../../src/domain/plan/document/counts-entry.ts';
import type { Plan } from '../../../src/domain/plan/types.ts';
import { createMemoryMetrics, type MemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { planFixture, stageFixture, successCheck } from '../../support/plan.ts';
import { fakeDeps, fakeRollouts } from '../api/fakes.ts';
import { fakeIo } from './fakes.ts';

let metrics: MemoryMetrics;
beforeEach(() => {
  metrics = createMemoryMetrics();
});

function planWith(checks: readonly CheckConfig[], changes: Partial<Plan> = {}): Plan {
  return planFixture({
    stages: [stageFixture({ checks }), stageFixture({ weightPercent: 50, checks })],
    ...changes,
  });
}

async function check(plan: Plan, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const parse = () => ({ ok: true as const, plan, warnings: [] });
  const deps = { ...fakeDeps(fakeRollouts({})), plans: { parse, parseText: parse }, metrics: () => metrics };
  const app = await createApp(deps);
  try {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const io = fakeIo();
    const code = await main(['metrics', 'check', 'plan.yaml', '--api', url, ...args], io);
    return { code, ...io.printed };
  } finally {
    await app.close();
  }
}

const counted = (): CheckConfig => {
  const { counts } = presets['error-rate'];
  if (counts === undefined) throw new Error('errors are counted');
  return countsOf(counts, 'error-rate', {});
};

/** What the source holds: requests of v1 alone, and no errors. */
function onlyStable(): void {
  const labels = { service: 'shop', version: 'v1', status: '200' };
  metrics.set(
    (query) => query.startsWith('http_requests_total{') && !query.includes('v2') && !query.includes('5..'),
    [
      { labels: { ...labels, instance: 'a' }, value: 40 },
      { labels: { ...labels, instance: 'b' }, value: 2 },
    ],
  );
}

describe('sluice metrics check', () => {
  it('shows what every query answers, once for all stages, and exits with 0 when checks have data', async () => {
    metrics.set(/^success v[12]$/, [{ labels: { cluster: 'eu' }, value: 99.51234567 }]);
    metrics.set(/^samples v[12]$/, 1_000);
    const { code, out } = await check(planWith([successCheck]));
    expect(out).toContain('memory, canary v2, stable v1\n');
    expect(out).toMatch(/success-rate +canary +value +99\.5123 +1 +cluster\n/);
    expect(out).toMatch(/success-rate +stable +samples +1000 +1 +-\n/);
    expect(out.match(/canary +value/g)).toHaveLength(1);
    expect(out).toMatch(/every check has data\n$/);
    expect(code).toBe(0);
  });

  it('names the matcher that nothing fits, and what its label is instead', async () => {
    onlyStable();
    const { code, out } = await check(planWith([counted()]));
    expect(code).toBe(1);
    expect(out).toMatch(/error-rate +canary +total +empty +0 +-\n/);
    expect(out).toMatch(/error-rate +stable +total +42 +2 +instance, service, status, version\n/);
    expect(out).toContain('without version="v2" there are 2 series of http_requests_total: version is v1\n');
    expect(out).toContain('error-rate, stable, part: it returned nothing (the check can do without)\n');
    expect(out).toMatch(/without data: error-rate\n$/);
  });

  it('lets a version that runs stand for the canary', async () => {
    onlyStable();
    const { code, out } = await check(planWith([counted()]), '--canary', 'v1');
    expect(out).toContain('canary v1, stable v1');
    expect(code).toBe(0);
  });

  it('says when there is no such metric at all, and when several series are one too many', async () => {
    metrics.set(/^success/, [
      { labels: { a: '1' }, value: 1 },
      { labels: { a: '2' }, value: 2 },
    ]);
    const query = { value: 'success {{version}}', samples: 'sum(nothing_total{version="{{version}}"})' };
    const { code, out } = await check(planWith([{ ...successCheck, query }]));
    expect(code).toBe(1);
    expect(out).toContain('it returned 2 series where one number is needed');
    expect(out).toContain('there is no metric nothing_total\n');
  });

  it('tells a refusal of the source as it is', async () => {
    metrics.set(/./, new SluiceError('metrics-query', 'parse error at 3'));
    const { code, out } = await check(planWith([successCheck]));
    expect(code).toBe(1);
    expect(out).toContain('success-rate, canary, value: parse error at 3\n');
  });

  it('wants to be told what is stable where a check needs it and the plan does not say it', async () => {
    metrics.set(/./, 7);
    const plan = planWith([counted()], { workload: { name: 'process', options: {} } });
    const { code, out } = await check(plan);
    expect(code).toBe(1);
    expect(out).toContain('name it with --stable');
    expect((await check(plan, '--stable', 'v0')).code).toBe(0);
  });

  it('gives all of it as JSON', async () => {
    onlyStable();
    const { code, out } = await check(planWith([counted()]), '--json');
    const answer = metricsCheckSchema.parse(JSON.parse(out));
    expect(code).toBe(1);
    expect(answer.checks[0]).toMatchObject({ check: 'error-rate', stages: ['10%', '50%'], ok: false });
    const hints = answer.checks[0]?.queries.find(
      ({ arm, role }) => arm === 'canary' && role === 'total',
    )?.hints;
    expect(hints).toMatchObject([{ matcher: 'version="v2"', values: ['v1'] }]);
  });

  it('has nothing to ask for a plan of probes', async () => {
    expect(await check(planWith([]))).toMatchObject({ code: 0, out: expect.stringContaining('no check') });
  });
});
