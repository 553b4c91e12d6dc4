/**
 * Ready-made checks of what a version uses and how often it dies, from the process metrics of the usual client
 * libraries.
 */
import { noLimits } from './preset-measures.ts';
import type { Preset } from './presets.ts';

const arm = 'service="{{service}}",version="{{version}}"';
const common = { unit: '', worse: 'higher', onNoData: 'hold', comparable: true, kind: 'threshold' } as const;

/**
 * Each instance counts for itself, so that many small ones hide no big one and arms of different size can be compared.
 */
export const resourcePresets: readonly Omit<Preset, 'name'>[] = [
  {
    ...common,
    check: 'cpu',
    summary: 'Processors that the busiest instance of the canary keeps busy. The plan sets max or maxRatio.',
    unit: 'cores',
    query: { value: `max(rate(process_cpu_seconds_total{${arm}}[{{window}}]))`, samples: null },
    defaults: noLimits,
  },
  {
    ...common,
    check: 'memory',
    summary: 'Resident memory of the biggest instance of the canary, in MiB. The plan sets max or maxRatio.',
    unit: 'MiB',
    query: { value: `max(process_resident_memory_bytes{${arm}}) / 1048576`, samples: null },
    defaults: noLimits,
  },
  {
    ...common,
    check: 'restarts',
    summary:
      'How often instances of the canary began anew within the window; none unless the plan says otherwise.',
    query: { value: `sum(changes(process_start_time_seconds{${arm}}[{{window}}]))`, samples: null },
    defaults: { ...noLimits, max: 0 },
  },
];
