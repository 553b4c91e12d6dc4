/** How presets measure latency, in the words of any dialect. */
import type { BoundSource, CounterQueries } from './counts-check.ts';
import { braces, type Dialect } from './dialects.ts';
import { increaseOf, noLimits, type Unnamed } from './preset-measures.ts';

/**
 * With how many times as many slow requests as stable's a canary is still no worse: for log-normal latencies of common
 * spread (sigma 0.5), all of them are a twentieth slower then.
 */
const quantiles = [
  ['latency-p50', 0.5, 'half', 1.1],
  ['latency-p95', 0.95, '95 %', 1.2],
  ['latency-p99', 0.99, '99 %', 1.3],
] as const;

/** The same twentieth, of the mean. */
const meanRatio = 1.05;

/**
 * Judged by counts: of what is slower than stable's own quantile. Where the plan sets limits, by the quantile itself,
 * which in the highest bucket reads as the highest finite bound, so that limits above that bound never strike.
 */
export function latencies(dialect: Dialect): readonly Unnamed[] {
  const { latency, selector, always } = dialect;
  const common = {
    kind: 'baseline',
    unit: 's',
    worse: 'higher',
    comparable: true,
    defaults: { ...noLimits, maxRatio: 1.2 },
    onNoData: 'hold',
  } as const;
  if ('mean' in latency) {
    const query = { value: `avg(${latency.mean}${braces(selector, always)})`, samples: increaseOf(dialect) };
    const summary = "Mean time until the answer; at most 1.2 times that of stable, or below the plan's max.";
    return [{ ...common, check: 'latency-mean', summary, query }];
  }
  const words =
    latency.native === undefined ? classic(dialect, latency.histogram) : native(dialect, latency.histogram);
  const scale = latency.perSecond === 1 ? '' : ` / ${latency.perSecond}`;
  const { samples } = words;
  const counted = (quantile: number, judges: BoundSource['judges'], ratio: number) =>
    ({
      counters: { ...words.counters, boundFrom: { ...words.boundFrom, quantile, judges } },
      shows: 'bad',
      guard: null,
      margin: { ratio, difference: 0 },
    }) as const;
  return [
    ...quantiles.map(([check, quantile, share, slowRatio]) => ({
      ...common,
      check,
      summary: `Time within which ${share} of the requests were answered; counts those slower than stable's unless the plan sets limits.`,
      query: { value: `histogram_quantile(${quantile}, ${words.rates})${scale}`, samples },
      counts: counted(quantile, 'share', slowRatio),
    })),
    {
      ...common,
      check: 'latency-mean',
      summary: 'Mean time until the answer, no longer than that of stable unless the plan sets limits.',
      query: { value: `${words.mean}${scale}`, samples },
      counts: counted(0.99, 'mean', meanRatio),
    },
  ];
}

/** What is asked of a histogram, whatever sort it is of. */
interface HistogramWords {
  readonly counters: Pick<CounterQueries, 'part' | 'partIs' | 'total'>;
  readonly boundFrom: Pick<BoundSource, 'histogram' | 'native'>;
  /** Requests in `{{window}}`. */
  readonly samples: string;
  /** The histogram of a second. */
  readonly rates: string;
  readonly mean: string;
}

function classic({ selector, always }: Dialect, name: string): HistogramWords {
  const of = (suffix: string, more = '') => `${name}_${suffix}${braces(selector, always, more)}`;
  const all = of('bucket', 'le="+Inf"');
  return {
    counters: { part: of('bucket', 'le="{{bound}}"'), partIs: 'good', total: all },
    boundFrom: { histogram: `sum by (le) (increase(${of('bucket')}[{{window}}]))` },
    samples: `sum(increase(${all}[{{window}}]))`,
    rates: `sum by (le) (rate(${of('bucket')}[{{window}}]))`,
    mean: `sum(rate(${of('sum')}[{{window}}])) / sum(rate(${of('count')}[{{window}}]))`,
  };
}

function native({ selector, always }: Dialect, name: string): HistogramWords {
  const picked = `${name}${braces(selector, always)}`;
  const rates = `sum(rate(${picked}[{{window}}]))`;
  const grown = `sum(increase(${picked}[{{window}}]))`;
  return {
    counters: { part: picked, partIs: 'bad', total: picked },
    boundFrom: { histogram: grown, native: true },
    samples: `histogram_count(${grown})`,
    rates,
    mean: `histogram_sum(${rates}) / histogram_count(${rates})`,
  };
}
