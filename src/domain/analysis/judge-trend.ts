/** Judges where a value is heading: a leak is seen before the limit is reached. */
import { formatDuration } from '../duration.ts';
import { firstOf, limitProblem, pointsOf, unusable, verdictOf } from './evidence.ts';
import { amount, ofSamples, spoken } from './format.ts';
import type { TrendCheck } from './further-checks.ts';
import { inflationOf } from './stats/dependence.ts';
import { type Forecast, forecast } from './stats/forecast.ts';
import { difference } from './stats/ranks.ts';
import { type SeriesPoint, type Trend, theilSen } from './stats/theil-sen.ts';
import type { Reading, Verdict } from './types.ts';

const hourMs = 3_600_000;

/**
 * Fails when the flattest trend that the data allow reaches the limit within the horizon, and the newer half of the
 * points still heads there. Noise alone never does the one, and a cache that has filled up not the other.
 */
export function judgeTrend(
  config: TrendCheck,
  canary: Reading,
  _stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(limitProblem(config, [config.limit]), unusable(config, 'canary', canary));
  const points = pointsOf(canary);
  const trend = lineThrough(points, config.confidence);
  const lastMs = points.at(-1)?.[0];
  if (problem !== null || canary.kind !== 'value' || trend === null || lastMs === undefined) {
    const reason = problem?.reason ?? `${spoken(config.name)} has too few points for a trend`;
    return verdictOf(config, problem?.kind ?? 'no-data', reason, canary, null, atMs);
  }
  const found = forecast(trend, config.limit, config.worse, lastMs);
  const soon = (time: number | null) => time !== null && time <= config.withinMs;
  const newer = lineThrough(points.slice(-Math.ceil(points.length / 2)), config.confidence) ?? trend;
  const goesOn = soon(forecast(newer, config.limit, config.worse, lastMs).likely);
  const bad = soon(found.latest) && goesOn;
  const perHour = amount(trend.slope * hourMs, config.unit);
  const reason =
    `${spoken(config.name)} is ${amount(canary.value, config.unit)}${ofSamples(canary.samples, '')} ` +
    `and changes by ${perHour} an hour: ${told(config, found, goesOn)}`;
  return verdictOf(config, bad ? 'fail' : 'pass', reason, canary, null, atMs);
}

/** What is left of the points without the line tells how alike neighbours are. */
function lineThrough(points: readonly SeriesPoint[], confidence: number): Trend | null {
  const line = theilSen(points, confidence);
  if (line === null) return null;
  const rest = points.map(([at, value]) => difference(value, line.slope * (at - line.middleAt)));
  return theilSen(points, confidence, inflationOf(rest));
}

function told(
  { limit, unit, confidence, withinMs }: TrendCheck,
  { likely, latest }: Forecast,
  goesOn: boolean,
): string {
  const line = `the limit of ${amount(limit, unit)}`;
  if (!goesOn) return `lately it does not head for ${line} within ${roughly(withinMs)}`;
  if (likely === 0 && latest === 0) return `it has crossed ${line}`;
  if (latest !== null && latest <= withinMs) {
    return `it crosses ${line} in about ${roughly(likely ?? latest)}, with ${amount(confidence * 100, '%')} confidence in ${roughly(latest)} at the latest`;
  }
  if (likely === null) return `it does not head for ${line}`;
  const certainty = latest === null ? ', which noise may explain' : `, at the latest in ${roughly(latest)}`;
  return `it may cross ${line} in about ${roughly(likely)}${certainty}; allowed are less than ${roughly(withinMs)}`;
}

/** Whole minutes from ten minutes on, as nobody can foretell seconds. */
function roughly(ms: number): string {
  const unitMs = ms >= 600_000 ? 60_000 : 1_000;
  const longest = 365 * 24 * hourMs;
  if (ms > longest) return 'more than a year';
  return formatDuration(Math.round(ms / unitMs) * unitMs);
}
