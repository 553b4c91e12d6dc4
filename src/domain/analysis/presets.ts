/** Ready-made checks for services that export `http_requests_total` and `http_request_duration_seconds`. */
import type { CheckQuery } from './types.ts';

export const presetNames = [
  'success-rate',
  'error-rate',
  'latency-p50',
  'latency-p95',
  'latency-p99',
  'throughput',
] as const;
export type PresetName = (typeof presetNames)[number];

/** The limits of a check of either kind; null: not set. */
export interface PresetLimits {
  readonly min: number | null;
  readonly max: number | null;
  readonly maxRatio: number | null;
  readonly maxDifference: number | null;
}

export interface Preset {
  readonly name: PresetName;
  readonly summary: string;
  /** What the check becomes when the plan sets no limits of its own; see `resolvePreset`. */
  readonly kind: 'threshold' | 'baseline';
  readonly unit: string;
  readonly query: CheckQuery;
  readonly worse: 'higher' | 'lower';
  /** Whether the canary can be compared with stable at all. */
  readonly comparable: boolean;
  /** Limits that hold when the plan sets none. All null: the plan must set one. */
  readonly defaults: PresetLimits;
  readonly onNoData: 'hold' | 'fail';
}

const arm = 'service="{{service}}",version="{{version}}"';
const noLimits: PresetLimits = { min: null, max: null, maxRatio: null, maxDifference: null };

/**
 * Without the `or`, a service without a single error would have no error rate at all. It stands on the numerator only:
 * without requests the division is empty or 0/0, and that is no data. Both rates start from this share, so that no
 * errors read as exactly 0 % and exactly 100 %, whatever the rounding of the sums.
 */
const errorShare =
  `(sum(rate(http_requests_total{${arm},status=~"5.."}[{{window}}])) or vector(0))` +
  ` / sum(rate(http_requests_total{${arm}}[{{window}}]))`;
const requests = increaseOf(`http_requests_total{${arm}}`);

export const presets: Readonly<Record<PresetName, Preset>> = {
  'success-rate': {
    name: 'success-rate',
    summary:
      'Share of requests that were not answered with a 5xx status; at least 99 % unless the plan says otherwise.',
    kind: 'threshold',
    unit: '%',
    query: { value: `100 * (1 - ${errorShare})`, samples: requests },
    worse: 'lower',
    comparable: true,
    defaults: { ...noLimits, min: 99 },
    onNoData: 'hold',
  },
  'error-rate': {
    name: 'error-rate',
    summary:
      'Share of requests that were answered with a 5xx status; at most 1 % unless the plan says otherwise.',
    kind: 'threshold',
    unit: '%',
    query: { value: `100 * (${errorShare})`, samples: requests },
    worse: 'higher',
    comparable: true,
    defaults: { ...noLimits, max: 1 },
    onNoData: 'hold',
  },
  'latency-p50': latency('latency-p50', 0.5, 'half'),
  'latency-p95': latency('latency-p95', 0.95, '95 %'),
  'latency-p99': latency('latency-p99', 0.99, '99 %'),
  throughput: {
    name: 'throughput',
    summary:
      'Requests per second of the canary. The plan sets min or max, since arms with different shares of traffic cannot be compared.',
    kind: 'threshold',
    unit: '1/s',
    query: { value: `sum(rate(http_requests_total{${arm}}[{{window}}]))`, samples: requests },
    worse: 'lower',
    comparable: false,
    defaults: noLimits,
    // A service that answers nobody any more has no data, and that is just what the check is there to find.
    onNoData: 'fail',
  },
};

export type ResolvedPreset =
  | { readonly kind: 'threshold'; readonly min: number | null; readonly max: number | null }
  | {
      readonly kind: 'baseline';
      readonly worse: 'higher' | 'lower';
      readonly maxRatio: number | null;
      readonly maxDifference: number | null;
    }
  | { readonly kind: 'problem'; readonly message: string };

/** The kind and limits of a preset with the limits that the plan gives; any limit of the plan replaces all defaults. */
export function resolvePreset(preset: Preset, given: Partial<PresetLimits>): ResolvedPreset {
  const limits = { ...noLimits, ...withoutUndefined(given) };
  const absolute = limits.min !== null || limits.max !== null;
  const relative = limits.maxRatio !== null || limits.maxDifference !== null;
  if (absolute && relative) {
    return problem(
      `${preset.name} takes min and max, or maxRatio and maxDifference; write two checks for both`,
    );
  }
  if (relative && !preset.comparable) {
    return problem(`${preset.name} cannot be compared with stable; set min or max`);
  }
  if (absolute) return { kind: 'threshold', min: limits.min, max: limits.max };
  if (relative) return baseline(preset, limits);
  if (Object.values(preset.defaults).every((limit) => limit === null)) {
    return problem(`${preset.name} has no default limit; set min or max`);
  }
  const { defaults } = preset;
  return preset.kind === 'baseline'
    ? baseline(preset, defaults)
    : { kind: 'threshold', min: defaults.min, max: defaults.max };
}

/** A quantile in the highest bucket reads as the highest finite bound, so limits above that bound never strike. */
function latency(name: PresetName, quantile: number, share: string): Preset {
  const buckets = `http_request_duration_seconds_bucket{${arm}}`;
  return {
    name,
    summary: `Time within which ${share} of the requests were answered; at most 1.2 times that of stable, or below the plan's max.`,
    kind: 'baseline',
    unit: 's',
    query: {
      value: `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[{{window}}])))`,
      samples: increaseOf(`http_request_duration_seconds_bucket{${arm},le="+Inf"}`),
    },
    worse: 'higher',
    comparable: true,
    defaults: { ...noLimits, maxRatio: 1.2 },
    onNoData: 'hold',
  };
}

function increaseOf(selector: string): string {
  return `sum(increase(${selector}[{{window}}]))`;
}

function baseline(preset: Preset, limits: PresetLimits): ResolvedPreset {
  const { maxRatio, maxDifference } = limits;
  return { kind: 'baseline', worse: preset.worse, maxRatio, maxDifference };
}

function problem(message: string): ResolvedPreset {
  return { kind: 'problem', message };
}

function withoutUndefined(given: Partial<PresetLimits>): Partial<PresetLimits> {
  return Object.fromEntries(Object.entries(given).filter(([, limit]) => limit !== undefined));
}
