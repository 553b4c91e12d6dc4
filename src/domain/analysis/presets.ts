/** Ready-made checks of errors, latency and throughput, for each dialect of metrics. */
import type { CountsCheck } from './counts-check.ts';
import { type Dialect, dialects } from './dialects.ts';
import { latencies } from './preset-latencies.ts';
import { noLimits, rates, throughput, throughputDrop } from './preset-measures.ts';
import { resourcePresets } from './resource-presets.ts';
import type { CheckQuery } from './types.ts';

type Rate = 'success-rate' | 'error-rate' | 'throughput' | 'throughput-drop';
type Measured = Rate | 'latency-p50' | 'latency-p95' | 'latency-p99' | 'latency-mean';
/** `success-rate` for services themselves, `istio/success-rate` for what a mesh or a proxy says of them. */
export type PresetName =
  | Measured
  | 'cpu'
  | 'memory'
  | 'restarts'
  | `${'otel' | 'istio' | 'nginx' | 'envoy' | 'traefik'}/${Measured}`
  | `haproxy/${Rate | 'latency-mean'}`;

/** The limits of a check of either kind; null: not set. */
export interface PresetLimits {
  readonly min: number | null;
  readonly max: number | null;
  readonly maxRatio: number | null;
  readonly maxDifference: number | null;
}

export interface Preset {
  readonly name: PresetName;
  /** What its checks are called unless the plan says otherwise: the name without the dialect. */
  readonly check: string;
  readonly summary: string;
  /** What the check becomes when the plan sets no limits of its own; see `resolvePreset`. */
  readonly kind: 'threshold' | 'baseline';
  readonly unit: string;
  readonly query: CheckQuery;
  /** How its requests are counted, for shares of requests: then it is judged by all looks together. */
  readonly counts?: Pick<CountsCheck, 'counters' | 'shows' | 'guard'> & Partial<Pick<CountsCheck, 'margin'>>;
  readonly worse: 'higher' | 'lower';
  /** Whether the canary can be compared with stable at all. */
  readonly comparable: boolean;
  /** Limits that hold when the plan sets none. All null: the plan must set one. */
  readonly defaults: PresetLimits;
  readonly onNoData: 'hold' | 'fail';
}

/** All presets by name, in the order in which people read them. */
export const presets = Object.fromEntries(
  dialects.flatMap((dialect) => presetsOf(dialect).map((preset) => [preset.name, preset])),
) as Readonly<Record<PresetName, Preset>>;
export const presetNames = Object.keys(presets) as readonly PresetName[];

/** What a plan may say of the metrics that a preset reads. */
interface PresetSource {
  /** Other label matchers than the dialect's to pick the arm by. */
  readonly selector?: string | undefined;
  readonly histogram?: 'classic' | 'native' | undefined;
}

/** A preset by name, of other metrics than its dialect's; undefined: there is none. */
export function presetWith(name: string, { selector, histogram }: PresetSource = {}): Preset | undefined {
  const found = dialects.flatMap((dialect) =>
    presetsOf({
      ...dialect,
      selector: selector ?? dialect.selector,
      latency:
        histogram === 'native' && 'histogram' in dialect.latency
          ? { ...dialect.latency, native: true }
          : dialect.latency,
    }),
  );
  return found.find((preset) => preset.name === name);
}

function presetsOf(dialect: Dialect): readonly Preset[] {
  const before = dialect.name === null ? '' : `${dialect.name}/`;
  const resources = dialect.name === null ? resourcePresets : [];
  const traffic = [throughput(dialect), throughputDrop(dialect)];
  return [...rates(dialect), ...latencies(dialect), ...traffic, ...resources].map((preset) => ({
    ...preset,
    name: `${before}${preset.check}` as PresetName,
  }));
}

type ResolvedPreset =
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
