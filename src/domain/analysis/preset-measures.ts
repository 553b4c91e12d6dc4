/** What presets measure, in the words of any dialect: rates of errors and successes, and throughput. */
import { braces, type Dialect } from './dialects.ts';
import type { Preset, PresetLimits } from './presets.ts';

export const noLimits: PresetLimits = { min: null, max: null, maxRatio: null, maxDifference: null };

export type Unnamed = Omit<Preset, 'name'>;

/** Shares of failures and of successes. */
export function rates(dialect: Dialect): readonly Unnamed[] {
  const { requests, selector, always, failed } = dialect;
  // Without the `or`, a service without a single error would have no error rate at all. It stands on the numerator
  // only: without requests the division is empty or 0/0, and that is no data. Both rates start from this share, so that
  // no errors read as exactly 0 % and exactly 100 %, whatever the rounding of the sums.
  const share =
    `(sum(rate(${requests}${braces(selector, always, failed)}[{{window}}])) or vector(0))` +
    ` / sum(rate(${requests}${braces(selector, always)}[{{window}}]))`;
  const common = { kind: 'threshold', unit: '%', comparable: true, onNoData: 'hold' } as const;
  const counted = {
    counters: {
      part: `${requests}${braces(selector, always, failed)}`,
      partIs: 'bad',
      total: `${requests}${braces(selector, always)}`,
    },
    // After a promotion there is no stable version to compare with; these limits are those of the thresholds.
    guard: { limit: 0.01, when: 'alone' },
  } as const;
  return [
    {
      ...common,
      check: 'success-rate',
      summary:
        'Share of requests that were not answered with a 5xx status; no worse than that of stable unless the plan says otherwise.',
      query: { value: `100 * (1 - ${share})`, samples: increaseOf(dialect) },
      counts: { ...counted, shows: 'good' },
      worse: 'lower',
      defaults: { ...noLimits, min: 99 },
    },
    {
      ...common,
      check: 'error-rate',
      summary:
        'Share of requests that were answered with a 5xx status; no worse than that of stable unless the plan says otherwise.',
      query: { value: `100 * (${share})`, samples: increaseOf(dialect) },
      counts: { ...counted, shows: 'bad' },
      worse: 'higher',
      defaults: { ...noLimits, max: 1 },
    },
  ];
}

/** Requests of the arm in a second. */
export function throughput(dialect: Dialect): Unnamed {
  const { requests, selector, always } = dialect;
  return {
    check: 'throughput',
    summary:
      'Requests per second of the canary. The plan sets min or max, since arms with different shares of traffic cannot be compared.',
    kind: 'threshold',
    unit: '1/s',
    query: {
      value: `sum(rate(${requests}${braces(selector, always)}[{{window}}]))`,
      samples: increaseOf(dialect),
    },
    worse: 'lower',
    comparable: false,
    defaults: noLimits,
    // A service that answers nobody any more has no data, and that is just what the check is there to find.
    onNoData: 'fail',
  };
}

/**
 * Requests of the arm in a second, divided by its share of traffic: what it would get if it had all. A sudden drop of
 * the canary's is users who turn away or requests that never end. What counts as samples is how many requests the arm
 * should have had, since a canary that answers nobody has few of its own.
 */
export function throughputDrop(dialect: Dialect): Unnamed {
  const { requests, selector, always } = dialect;
  const had = (version: string) => {
    const picked = selector.replaceAll('{{version}}', version);
    return `(sum(increase(${requests}${braces(picked, always)}[{{window}}])) or vector(0))`;
  };
  return {
    check: 'throughput-drop',
    summary:
      "Requests per second that the canary gets for its share of traffic, beside stable's for the rest; less than half of stable's fails.",
    kind: 'baseline',
    unit: '1/s',
    query: {
      value: `sum(rate(${requests}${braces(selector, always)}[{{window}}])) / {{share}}`,
      samples: `{{share}} * (${had('{{canary}}')} + ${had('{{stable}}')})`,
    },
    worse: 'lower',
    comparable: true,
    defaults: { ...noLimits, maxRatio: 2 },
    onNoData: 'hold',
  };
}

export function increaseOf({ requests, selector, always }: Dialect): string {
  return `sum(increase(${requests}${braces(selector, always)}[{{window}}]))`;
}
