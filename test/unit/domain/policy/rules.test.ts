import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../src/domain/plan/types.ts';
import { policyRules } from '../../../../src/domain/policy/rules.ts';
import type { PolicyRules } from '../../../../src/domain/policy/types.ts';
import { gateFixture, planFixture, stageFixture } from '../../../support/plan.ts';

const found = (rules: PolicyRules, plan: Partial<Plan> = {}) =>
  policyRules
    .flatMap((rule) => rule(rules, planFixture(plan)))
    .map(({ path, message }) => `${path}: ${message}`);

const stagesAt = (...weights: number[]) => weights.map((weightPercent) => stageFixture({ weightPercent }));
const digest = `@sha256:${'a'.repeat(64)}`;

describe('rules of a policy', () => {
  it.each<[string, PolicyRules, Partial<Plan>, string[]]>([
    ['owner', { owner: true }, {}, ['owner: is required; say whose service it is']],
    ['owner', { owner: true }, { owner: 'payments' }, []],
    ['gates', { gates: ['ci', 'memory'] }, { gates: [gateFixture()] }, ['gates: needs ci; add it']],
    ['guards', { guards: ['memory'] }, {}, ['guards: needs memory; add it']],
    ['providers', { traffic: ['edge'], metrics: ['memory'] }, {}, ['traffic: is memory; allowed: edge']],
    [
      'first share',
      { maxFirstWeight: 5 },
      {},
      ['stages[0].weight: is the first share, 10 %; begin with at most 5 %'],
    ],
    ['first share after users by header', { maxFirstWeight: 5 }, { stages: stagesAt(0, 5, 50) }, []],
    [
      'users by header',
      { matchHeaders: ['X-Beta'] },
      {
        stages: ['x-forwarded-proto', 'x-beta'].map((header) =>
          stageFixture({ weightPercent: 0, match: { header, value: 'https' } }),
        ),
      },
      ['stages[0].match: matches x-forwarded-proto; allowed: X-Beta'],
    ],
    [
      'users by no header',
      { matchHeaders: [] },
      { stages: [stageFixture({ match: { header: 'x-beta', value: '1' } })] },
      ['stages[0].match: matches x-beta; no stage may match a header'],
    ],
    [
      'a person',
      { approval: true },
      {},
      ['stages: asks nobody; write approval: true in a stage, or a gate of type approval'],
    ],
    ['a person after a stage', { approval: true }, { stages: [stageFixture({ approval: true })] }, []],
    ['a person at a gate', { approval: true }, { gates: [{ ...gateFixture(), type: 'approval' }] }, []],
    [
      'a second person',
      { notAuthor: true },
      {
        gates: [{ ...gateFixture(), type: 'approval', options: { notAuthor: false } }],
        stages: [
          stageFixture({ approval: true, notAuthor: true }),
          stageFixture({
            approval: true,
            gates: [true, false].map((notAuthor) => ({
              ...gateFixture(),
              type: 'approval',
              options: { notAuthor },
            })),
          }),
          stageFixture(),
        ],
      },
      ['gates[0].notAuthor', 'stages[1].gates[1].notAuthor', 'stages[1].notAuthor'].map(
        (path) => `${path}: must be true, so that whoever starts the rollout cannot approve it`,
      ),
    ],
    ['least stages', { minStages: 3 }, {}, ['stages: has 2; write at least 3 stages']],
    ['largest share', { maxWeight: 40 }, {}, ['stages[1].weight: is 50 %; a canary may have at most 40 %']],
    [
      'soak',
      { minSoakMs: 60_000 },
      {},
      [0, 1].map((at) => `stages[${at}].soak: may end after 10s; write at least 1m`),
    ],
    [
      'soak that may end early',
      { minSoakMs: 60_000 },
      { stages: [stageFixture({ soakMs: 600_000, minSoakMs: 5_000 })] },
      ['stages[0].soak: may end after 5s; write at least 1m'],
    ],
    [
      'checks',
      { checks: [{ name: 'success-rate' }, { name: 'latency-p95' }] },
      { stages: stagesAt(10) },
      ['stages[0].checks: needs the check latency-p95; add it'],
    ],
    [
      'checks by what they are',
      {
        checks: [
          { kind: 'threshold' },
          { name: 'success-rate', kind: 'counts' },
          { kind: 'health', probe: 'app' },
        ],
      },
      { stages: stagesAt(10) },
      [
        'stages[0].checks: needs the check success-rate with kind counts; add it',
        'stages[0].checks: needs a check with kind health, probe app; add it',
      ],
    ],
    ['lease', { maxLeaseMs: 30_000 }, {}, ['lease.ttl: is 45s; write at most 30s']],
    ['length', { maxDurationMs: 60_000 }, {}, ['maxDuration: is 1h; write at most 1m']],
    ['watch afterwards', { minWatchAfterMs: 60_000 }, {}, ['watchAfter: is 5s; write at least 1m']],
    [
      'rollback',
      {
        maxRollbackTimeoutMs: 5_000,
        strategies: ['phased'],
        secondMeans: ['stop-canary'],
        proof: 'count',
        verify: true,
      },
      {},
      [
        'rollback.timeout: is 10s; write at most 5s',
        'rollback.strategy: is immediate; allowed: phased',
        'rollback.secondMeans: has none that is asked for; allowed: stop-canary',
        'rollback.proof: is read; write count',
        'rollback.verify: is required; say how the stable version is judged after a rollback',
      ],
    ],
    [
      'artifact',
      { artifact: ['digest', 'commit'] },
      { artifact: { image: 'registry.example.com/shop:v2' } },
      [
        'artifact.image: must name the digest, as registry/repository:tag@sha256:…',
        'artifact.commit: is required',
      ],
    ],
    [
      'digest',
      { artifact: ['digest', 'image'] },
      { artifact: { image: `registry.example.com/shop:v2${digest}` } },
      [],
    ],
  ])('%s', (_name, rules, plan, problems) => {
    expect(found(rules, plan)).toEqual(problems);
  });

  it('count the step to all users as one, and do not stumble over fractions', () => {
    expect(found({ maxStep: 25 }, { stages: stagesAt(8.3, 33.3, 50, 75) })).toEqual([]);
    expect(found({ maxStep: 25 }, { stages: stagesAt(30, 50) })).toEqual([
      'stages[0].weight: from 0 % to 30 % is a step of 30; put a stage between, so that none is above 25',
      'stages[1].weight: from 50 % to 100 % is a step of 50; put a stage between, so that none is above 25',
    ]);
  });

  it('ask nothing that they do not say', () => {
    expect(found({})).toEqual([]);
  });
});
