/** How presets measure latency, in the words of any dialect. */
import type { BoundSource } from './counts-check.ts';
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
  const of = (suffix: string, more = '') => `${latency.histogram}_${suffix}${braces(selector, always, more)}`;
  const scale = latency.perSecond === 1 ? '' : ` / ${latency.perSecond}`;
  const all = of('bucket', 'le="+Inf"');
  const samples = `sum(increase(${all}[{{window}}]))`;
  const counted = (quantile: number, judges: BoundSource['judges'], ratio: number) =>
    ({
      counters: {
        part: of('bucket', 'le="{{bound}}"'),
        partIs: 'good',
        total: all,
        boundFrom: { histogram: `sum by (le) (increase(${of('bucket')}[{{window}}]))`, quantile, judges },
      },
      shows: 'bad',
      guard: null,
      margin: { ratio, difference: 0 },
    }) as const;
  return [
    ...quantiles.map(([check, quantile, share, slowRatio]) => ({
      ...common,
      check,
      summary: `Time within which ${share} of the requests were answered; counts those slower than stable's unless the plan sets limits.`,
      query: {
        value: `histogram_quantile(${quantile}, sum by (le) (rate(${of('bucket')}[{{window}}])))${scale}`,
        samples,
      },
      counts: counted(quantile, 'share', slowRatio),
    })),
    {
      ...common,
      check: 'latency-mean',
      summary: 'Mean time until the answer, no longer than that of stable unless the plan sets limits.',
      query: {
        value: `sum(rate(${of('sum')}[{{window}}])) / sum(rate(${of('count')}[{{window}}]))${scale}`,
        samples,
      },
      counts: counted(0.99, 'mean', meanRatio),
    },
  ];
}
