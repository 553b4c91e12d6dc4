import { describe, expect, it } from 'vitest';
import { defaultEventPolicy } from '../../../../src/domain/plan/event-policy.ts';
import { parsePlan } from '../../../../src/domain/plan/schema.ts';
import { catalogue, minimal, planWith, problemsWith, told } from './fixtures.ts';

const minuteMs = 60_000;

describe('the defaults', () => {
  it('make a small plan whole', () => {
    const plan = planWith();
    expect(plan).toMatchObject({
      service: 'shop',
      environment: 'demo',
      version: 'v2',
      traffic: { name: 'haproxy', options: {} },
      metrics: { name: 'prometheus', options: {} },
      workload: { name: 'external', options: {} },
      analysis: { intervalMs: 15_000, onInconclusive: 'hold' },
      rollback: { timeoutMs: 60_000, strategy: 'immediate', secondMeans: [], proof: 'read' },
      lease: { ttlMs: 45_000, orphanGraceMs: 45_000 },
      onConflict: 'reject',
      drift: 'hold',
      events: defaultEventPolicy,
      watchAfterMs: 10 * minuteMs,
    });
    expect(
      plan.stages.map(({ checks, ...stage }) => ({ ...stage, checks: checks.map(({ name }) => name) })),
    ).toEqual(
      [10, 50].map((weightPercent) => ({
        name: `${weightPercent}%`,
        weightPercent,
        match: null,
        soakMs: 5 * minuteMs,
        warmUpMs: 0,
        approval: false,
        timeoutMs: null,
        checks: ['success-rate', 'latency-p95'],
      })),
    );
  });

  it('allow twice the planned time and an hour', () => {
    expect(planWith().maxDurationMs).toBe(2 * 10 * minuteMs + 60 * minuteMs);
  });

  it('let the orphan grace follow the lease', () => {
    expect(planWith({ lease: { ttl: '10s' } }).lease).toEqual({ ttlMs: 10_000, orphanGraceMs: 10_000 });
    expect(planWith({ lease: { orphanGrace: '0s' } }).lease).toEqual({ ttlMs: 45_000, orphanGraceMs: 0 });
  });

  it('leave nothing undefined, so that the plan is the same after a trip through JSON', () => {
    const plan = planWith();
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(JSON.stringify(plan)).toBe(JSON.stringify(planWith()));
  });
});

describe('what a plan says', () => {
  it('is read in full', () => {
    const plan = planWith({
      $schema: './plan.schema.json',
      traffic: { provider: 'edge-eu', mode: 'fast' },
      workload: 'process',
      stages: [
        {
          match: { header: 'X-Sluice-Canary', value: 'yes' },
          approval: true,
          notAuthor: true,
          timeout: '2h',
          soak: '10m',
        },
        { name: 'a few', weight: 2.5, warmUp: '30s', soak: '1h30m', checks: ['error-rate'] },
        { weight: 100 },
      ],
      analysis: { interval: '2s', window: '10s', onInconclusive: 'rollback' },
      rollback: { timeout: '10s', strategy: 'immediate' },
      lease: { ttl: '10s', orphanGrace: '20s' },
      maxDuration: '1d',
      onConflict: 'supersede',
      watchAfter: '0s',
    });
    expect(plan).toMatchObject({
      traffic: { name: 'edge-eu', options: { mode: 'fast' } },
      workload: { name: 'process', options: {} },
      stages: [
        {
          name: 'internal users',
          weightPercent: 0,
          match: { header: 'x-sluice-canary', value: 'yes' },
          approval: true,
          notAuthor: true,
          timeoutMs: 120 * minuteMs,
        },
        { name: 'a few', weightPercent: 2.5, warmUpMs: 30_000, soakMs: 90 * minuteMs },
        { name: '100%', weightPercent: 100 },
      ],
      analysis: { intervalMs: 2_000, onInconclusive: 'rollback' },
      rollback: { timeoutMs: 10_000 },
      lease: { ttlMs: 10_000, orphanGraceMs: 20_000 },
      maxDurationMs: 24 * 60 * minuteMs,
      onConflict: 'supersede',
      watchAfterMs: 0,
    });
    expect(plan.stages[1]?.checks.map(({ name }) => name)).toEqual(['error-rate']);
    expect(plan.stages[2]?.checks).toMatchObject([{ kind: 'counts' }, { kind: 'counts' }]);
  });

  it('may let a soak end early', () => {
    const [first, second] = planWith({
      stages: [
        { weight: 5, soak: { min: '5m', max: '30m' } },
        { weight: 50, soak: '10m' },
      ],
    }).stages;
    expect(first).toMatchObject({ soakMs: 30 * minuteMs, minSoakMs: 5 * minuteMs });
    expect(second?.minSoakMs).toBeUndefined();
    const wrong = problemsWith({ stages: [{ weight: 5, soak: { min: '30m', max: '5m', most: 1 } }] });
    expect(told(wrong)).toMatchObject({
      'stages[0].soak.min': 'must be at most max, which is 5m',
      'stages[0].soak.most': expect.stringContaining('unknown'),
    });
  });

  it('shares the chance of a wrong rollback out over stages and checks that count', () => {
    const parts = (changes: Parameters<typeof planWith>[0]) =>
      planWith({ checks: ['success-rate', 'latency-p95', 'error-rate'], ...changes }).stages.map((stage) =>
        stage.checks.flatMap((check) => (check.kind === 'counts' ? [check.alpha] : [])),
      );
    const sure = parts({ watchAfter: '0s', analysis: { confidence: 0.95 } });
    expect(sure.flat().reduce((sum, alpha) => sum + alpha, 0)).toBeCloseTo(0.05, 12);
    expect(sure[0]?.[0]).toBeGreaterThan(sure[1]?.[0] ?? 1);
    // The last stage's checks go on after the promotion, so they may be wrong twice.
    expect(parts({})[1]?.[0]).toBeCloseTo((sure[1]?.[0] ?? 0) / 2 / 5, 12);
    const [first] = planWith({ checks: ['success-rate'], rollback: { confidence: 0.5 } }).stages;
    expect(first?.checks[0]).toMatchObject({ alpha: expect.closeTo(0.008, 12), rollbackAlpha: 0.4 });
  });

  it('fills the options of a provider in from its own schema', () => {
    expect(planWith({ traffic: 'edge-eu' }).traffic.options).toEqual({ mode: 'safe' });
  });
});

describe('problems', () => {
  it('are told all at once, each with its path', () => {
    const problems = told(
      problemsWith({
        service: 'Shop!',
        version: 2,
        traffic: 'haprxy',
        metrics: undefined,
        colour: 'red',
        checks: ['success-rat'],
        stages: [{ wieght: 10 }, { weight: 50, soak: 30 }, { weight: 40 }],
        analysis: { intervall: '5s', onInconclusive: 'wait' },
        lease: '10s',
      }),
    );
    expect(problems).toMatchObject({
      service: expect.stringContaining('a-z'),
      version: 'must be text, not 2; put it in quotes',
      traffic: 'unknown provider "haprxy"; did you mean "haproxy"? allowed: haproxy, edge-eu',
      metrics: 'is required; allowed: prometheus',
      colour: expect.stringMatching(/^unknown key; allowed: service, /),
      'checks[0]': expect.stringContaining('did you mean "success-rate"?'),
      'stages[0]': 'a stage needs a weight or a match',
      'stages[0].wieght': expect.stringContaining('did you mean "weight"?'),
      'stages[1].soak': '30 has no unit; write 30s, 30m or 30h',
      'stages[2].weight': expect.stringContaining('must not go down'),
      'analysis.intervall': expect.stringContaining('did you mean "interval"?'),
      'analysis.onInconclusive': '"wait" is unknown; allowed: hold, rollback',
      lease: 'must be a mapping, not "10s"',
    });
  });

  it('tell of a misspelt key once, and not that the right one is missing', () => {
    const { stages: stage, checks: check } = minimal;
    const problems = told(problemsWith({ stages: undefined, stage, checks: undefined, check }));
    expect(Object.keys(problems)).toEqual(['stage', 'check']);
    expect(problems.stage).toContain('did you mean "stages"?');
  });

  it.each([
    ['Rollout', 'argoproj.io/v1alpha1', 'Rollout of Argo'],
    ['Canary', 'flagger.app/v1beta1', 'Canary of Flagger'],
  ])('are one for a %s of %s, which can be imported', (kind, apiVersion, what) => {
    expect(told(problemsWith({ apiVersion, kind, metadata: {}, spec: {} }))).toEqual({
      kind: `is a ${what}, not a plan; \`sluice import <file>\` makes a plan of it`,
    });
  });

  it.each([
    ['stages[0].notAuthor', { stages: [{ weight: 10, notAuthor: true }] }, /write approval: true beside it/],
    ['traffic.mode', { traffic: { provider: 'edge-eu', mode: 'quick' } }, /allowed: fast, safe/],
    ['traffic.mod', { traffic: { provider: 'edge-eu', mod: 'fast' } }, /did you mean "mode"/],
    [
      'traffic.backends.green',
      { traffic: { provider: 'haproxy', backends: { blue: 'a', green: 'b' } } },
      /unknown key/,
    ],
    ['traffic.provider', { traffic: { mode: 'fast' } }, /is required; allowed: haproxy/],
    ['traffic.provider', { traffic: { provider: 7 } }, /must be text, not 7/],
    ['traffic', { traffic: [] }, /must be the name of a provider/],
    ['traffic', { traffic: 'toString' }, /unknown provider "toString"/],
    ['workload', { workload: 'proces' }, /did you mean "process"/],
    ['stages', { stages: undefined }, /is required/],
    ['stages', { stages: [] }, /at least one stage/],
    ['stages', { stages: { weight: 10 } }, /must be a list, not a mapping/],
    ['stages', { stages: Array.from({ length: 51 }, () => ({ weight: 10 })) }, /at most 50 entries, not 51/],
    ['stages[0]', { stages: [10] }, /must be a mapping, not 10/],
    ['stages[0]', { stages: [{ weight: 0 }] }, /weight 0 needs a match/],
    ['stages[0].weight', { stages: [{ weight: 101 }] }, /at most 100/],
    ['stages[0].weight', { stages: [{ weight: -1 }] }, /at least 0/],
    ['stages[0].weight', { stages: [{ weight: 1.234 }] }, /two decimals/],
    ['stages[0].weight', { stages: [{ weight: Number.NaN }] }, /must be a number/],
    ['stages[0].weight', { stages: [{ weight: '10' }] }, /must be a number, not "10"/],
    [
      'stages[1].weight',
      { stages: [{ weight: 10 }, { match: { header: 'x', value: 'y' } }] },
      /must not go down/,
    ],
    ['stages[0].soak', { stages: [{ weight: 1, soak: '8d' }] }, /must be 0s to 7d, not 8d/],
    [
      'stages[0].timeout',
      { stages: [{ weight: 1, soak: '5m', timeout: '5m' }] },
      /longer than the stage itself/,
    ],
    ['stages[0].approval', { stages: [{ weight: 1, approval: 'yes' }] }, /must be true or false, not "yes"/],
    ['stages[0].match.header', { stages: [{ match: { header: 'a b', value: 'x' } }] }, /letters, digits/],
    ['stages[0].match.value', { stages: [{ match: { header: 'a', value: 'x"; y' } }] }, /letters, digits/],
    ['stages[0].name', { stages: [{ weight: 1, name: '\u001b[31mred' }] }, /control characters/],
    ['environment', { environment: 'a/b' }, /a-z/],
    ['environment', { environment: 'x'.repeat(64) }, /1 to 63/],
    ['version', { version: 'v'.repeat(129) }, /1 to 128/],
    ['version', { version: 'v1\n' }, /1 to 128/],
    ['analysis.interval', { analysis: { interval: '500ms' } }, /must be 1s to 1h, not 500ms/],
    ['analysis.baseline', { version: 'v2', analysis: { baseline: 'v2' } }, /another label/],
    ['lease.ttl', { lease: { ttl: '1s' } }, /must be 3s to 1h/],
    ['rollback.strategy', { rollback: { strategy: 'ramped' } }, /allowed: immediate/],
    ['maxDuration', { maxDuration: '10m' }, /longer than the planned time, which is 10m/],
    ['onConflict', { onConflict: 'replace' }, /allowed: reject, supersede/],
    ['notifications', { notifications: [] }, /unknown key/],
    ['gates[0]', { gates: [7] }, /the name of a gate or a mapping with gate, not 7/],
    ['gates[0].gate', { gates: [{ gate: 'peple' }] }, /did you mean "people"\?/],
    ['gates[0].type', { gates: [{ type: 'approval' }] }, /unknown key; did you mean "gate: people"\?/],
    ['gates[0].type', { gates: [{ type: 'ci' }] }, /unknown key; did you mean "gate"\? allowed: people$/],
    ['gates[0].gate', { gates: [{ name: 'people' }] }, /the name of a gate; did you mean "gate: people"/],
    ['stages[0].gates[0].gate', { stages: [{ weight: 10, gates: [{}] }] }, /a gate; allowed: people$/],
    ['guards[0].uses', { guards: [{ uses: 'people' }] }, /unknown key; did you mean "gate: people"/],
    ['stages', { stages: Array.from({ length: 5 }, () => ({ weight: 1, soak: '7d' })) }, /at most 30d/],
  ])('names %s', (path, changes, message) => {
    expect(told(problemsWith(changes))[path]).toMatch(message);
  });

  it.each([null, undefined, 'text', 7, [], true])('refuses %j as a plan', (input) => {
    const result = parsePlan(input, catalogue);
    expect(result).toMatchObject({ ok: false, problems: [{ path: '' }] });
  });

  it('are bounded, however much is wrong', () => {
    const stages = Array.from({ length: 50 }, () => ({
      weight: 1,
      checks: Array.from({ length: 50 }, () => 'x'),
    }));
    const problems = problemsWith({ stages });
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)?.message).toMatch(/^and \d+ more problems$/);
  });

  it('are bounded for a mapping full of unknown keys', () => {
    const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`key${at}`, 1]));
    expect(problemsWith(keys)).toHaveLength(21);
  });

  it('do not name what a prototype has', () => {
    const hostile = JSON.parse('{"__proto__": {"service": "x"}, "constructor": 1}') as Record<
      string,
      unknown
    >;
    const result = parsePlan(hostile, catalogue);
    expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['__proto__', 'constructor', 'service']),
    );
  });
});

describe('a plan that could never find a fault', () => {
  it('is refused without any checks', () => {
    expect(told(problemsWith({ checks: undefined }))).toEqual({
      checks:
        'is required, since stages[0] has no checks of its own; for example [success-rate, latency-p95]',
    });
  });

  it('is refused with empty checks, of the plan or of a stage', () => {
    expect(told(problemsWith({ checks: [] }))).toEqual({
      checks: expect.stringContaining('at least one check'),
    });
    expect(told(problemsWith({ stages: [{ weight: 1, checks: [] }] }))).toEqual({
      'stages[0].checks': expect.stringContaining('at least one check'),
    });
  });

  it('is refused when every check of a stage passes without data', () => {
    const lax = { preset: 'success-rate', onNoData: 'pass' };
    expect(told(problemsWith({ checks: [lax] }))).toEqual({
      checks: expect.stringContaining('no effective check'),
    });
    expect(told(problemsWith({ stages: [{ weight: 1, checks: [lax] }, { weight: 2 }] }))).toEqual({
      'stages[0].checks': expect.stringContaining('no effective check'),
    });
  });

  it('is accepted when one check of each stage holds without data', () => {
    const lax = { preset: 'success-rate', onNoData: 'pass' };
    expect(problemsWith({ checks: [lax, 'latency-p95'] })).toEqual([]);
  });

  it('needs no checks of its own when every stage has some', () => {
    const stages = [{ weight: 1, checks: ['error-rate'] }];
    expect(parsePlan({ ...minimal, checks: undefined, stages }, catalogue).ok).toBe(true);
  });
});
