/** Checks and readings that the tests of this folder vary. */
import type {
  AlertCheck,
  BaselineCheck,
  HealthCheck,
  Reading,
  ThresholdCheck,
  Verdict,
} from '../../../../src/domain/analysis/types.ts';

const base = {
  name: 'error-rate',
  unit: '%',
  query: { value: 'v', samples: 's' },
  windowMs: 30_000,
  minSamples: 20,
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
} as const;

export function threshold(changes: Partial<ThresholdCheck> = {}): ThresholdCheck {
  return { ...base, kind: 'threshold', min: null, max: 1, ...changes };
}

export function baseline(changes: Partial<BaselineCheck> = {}): BaselineCheck {
  return {
    ...base,
    name: 'latency-p95',
    unit: 's',
    kind: 'baseline',
    worse: 'higher',
    maxRatio: 1.2,
    maxDifference: null,
    ...changes,
  };
}

const probeBase = {
  unit: '',
  onNoData: 'hold',
  failure: { consecutive: 2, kOfN: null },
  maxConsecutiveErrors: 4,
  onFail: 'rollback',
  timeoutMs: 2_000,
} as const;

export function healthCheck(changes: Partial<HealthCheck> = {}): HealthCheck {
  return { ...probeBase, kind: 'health', name: 'app', probe: 'app', scope: 'canary', ...changes };
}

export function alertCheck(changes: Partial<AlertCheck> = {}): AlertCheck {
  return { ...probeBase, kind: 'alert', name: 'pages', source: 'pager', match: {}, ...changes };
}

export function value(number: number, samples: number | null = 100): Reading {
  return { kind: 'value', value: number, samples };
}

export const noData: Reading = { kind: 'no-data', reason: 'the value query returned nothing' };
export const failedQuery: Reading = { kind: 'error', reason: 'connection refused' };

export function verdict(kind: Verdict['kind'], changes: Partial<Verdict> = {}): Verdict {
  return {
    check: 'error-rate',
    kind,
    reason: `it said ${kind}`,
    canary: null,
    stable: null,
    canarySamples: null,
    stableSamples: null,
    atMs: 0,
    ...changes,
  };
}
