/** A parsed plan for tests, fast by default; overrides go in at any depth that a test needs. */
import type { ThresholdCheck } from '../../src/domain/analysis/types.ts';
import type { GateConfig } from '../../src/domain/gates/types.ts';
import { defaultEventPolicy } from '../../src/domain/plan/event-policy.ts';
import type { Plan, Stage } from '../../src/domain/plan/types.ts';

/** A success-rate threshold that the memory metrics source answers by the query `canary-success`. */
export const successCheck: ThresholdCheck = {
  name: 'success-rate',
  kind: 'threshold',
  unit: '%',
  query: { value: 'success {{version}}', samples: 'samples {{version}}' },
  windowMs: 10_000,
  minSamples: 10,
  onNoData: 'hold',
  failure: { consecutive: 2, kOfN: null },
  maxConsecutiveErrors: 4,
  min: 99,
  max: null,
};

/** A gate that the memory gate of a test answers. */
export function gateFixture(overrides: Partial<GateConfig> = {}): GateConfig {
  return { name: 'ci', gate: 'memory', type: 'memory', options: {}, timeoutMs: 60_000, ...overrides };
}

export function stageFixture(overrides: Partial<Stage> = {}): Stage {
  return {
    name: `${overrides.weightPercent ?? 10}%`,
    weightPercent: 10,
    match: null,
    soakMs: 10_000,
    warmUpMs: 0,
    checks: [successCheck],
    approval: false,
    timeoutMs: null,
    ...overrides,
  };
}

export function planFixture(overrides: Partial<Plan> = {}): Plan {
  return {
    service: 'shop',
    environment: 'test',
    version: 'v2',
    traffic: { name: 'memory', options: {} },
    metrics: { name: 'memory', options: {} },
    workload: { name: 'external', options: { slots: { blue: 'v1', green: 'v2' } } },
    stages: [stageFixture({ weightPercent: 10 }), stageFixture({ weightPercent: 50 })],
    analysis: { intervalMs: 1_000, onInconclusive: 'hold' },
    rollback: { timeoutMs: 10_000, strategy: 'immediate', secondMeans: [], proof: 'read' },
    lease: { ttlMs: 45_000, orphanGraceMs: 45_000 },
    maxDurationMs: 3_600_000,
    onConflict: 'reject',
    drift: 'hold',
    events: defaultEventPolicy,
    watchAfterMs: 5_000,
    ...overrides,
  };
}
