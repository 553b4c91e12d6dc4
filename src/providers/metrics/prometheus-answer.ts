/** Reads what Prometheus answers: its four kinds of results, its errors, and whatever else a proxy may send. */
import { z } from 'zod';
import type { Histogram } from '../../domain/analysis/stats/histogram.ts';
import { fromNative, type NativeBucket } from '../../domain/analysis/stats/native-histogram.ts';
import { SluiceError } from '../../domain/errors.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import type { Series } from './types.ts';

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
/** Without observations there are no buckets. */
const native = z.tuple([
  z.number(),
  z.object({
    buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).default([]),
    count: z.string(),
  }),
]);
/** A series of floats, of native histograms, or of first one and then the other. */
const ofRange = z
  .object({ metric: labels, values: z.array(point).default([]), histograms: z.array(native).exactOptional() })
  .refine(({ values, histograms }) => values.length > 0 || histograms !== undefined);
const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(
        z.object({ metric: labels, value: point }).or(z.object({ metric: labels, histogram: native })),
      ),
    }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(ofRange),
    }),
    z.object({ resultType: z.literal('scalar'), result: point }),
    z.object({ resultType: z.literal('string'), result: z.unknown() }),
  ]),
});
const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** Errors of the query itself: asking again changes nothing. Others (`timeout`, `canceled`, `internal`) may pass. */
const queryErrors = new Set(['bad_data', 'execution', 'not_acceptable']);

/** Warnings are left aside. Throws `metrics-query` or `metrics-unavailable`. */
export function readAnswer(url: string, body: string): readonly Series[] {
  const json = parsedJson(body);
  if (failure.safeParse(json).success) throw refusal(url, 200, body);
  const { data } = answer.safeParse(json);
  if (data === undefined) {
    if (hasHistograms(json))
      throw new SluiceError('metrics-query', 'The query returns histograms; it must return numbers.');
    throw new SluiceError('metrics-unavailable', `${url} answered with something else than query results.`);
  }
  const { resultType, result } = data.data;
  if (resultType === 'string')
    throw new SluiceError('metrics-query', 'The query returns text; it must return numbers.');
  if (resultType === 'scalar') return [{ labels: {}, points: [pointOf(result)] }];
  if (resultType === 'vector')
    return result.map((one) =>
      'value' in one
        ? { labels: one.metric, points: [pointOf(one.value)] }
        : { labels: one.metric, points: [], histogram: histogramOf(one.histogram[1].buckets) },
    );
  return result.map(({ metric, values, histograms }) => ({
    labels: metric,
    points: values.map(pointOf),
    ...(histograms === undefined ? {} : { histograms: histograms.map(samplesOf) }),
  }));
}

/** The error for an answer that is none. The body of an unknown sender is not quoted. */
export function refusal(url: string, status: number, body: string): SluiceError {
  const said = failure.safeParse(parsedJson(body)).data;
  if (status === 401 || status === 403) {
    return new SluiceError('metrics-unavailable', `${url} refused the credentials (HTTP ${status}).`);
  }
  const detail = said === undefined ? '' : `: ${said.error.slice(0, 500)}`;
  if (said !== undefined && queryErrors.has(said.errorType)) {
    return new SluiceError('metrics-query', `Prometheus refused the query${detail}`);
  }
  return new SluiceError('metrics-unavailable', `${url} answered with HTTP ${status}${detail}`);
}

function histogramOf(buckets: readonly NativeBucket[]): Histogram {
  const histogram = fromNative(buckets);
  if (histogram !== null) return histogram;
  throw new SluiceError('metrics-query', 'The query returns a histogram whose buckets make no sense.');
}

function samplesOf([atSeconds, { buckets }]: z.output<typeof native>): readonly [number, Histogram] {
  return [Math.round(atSeconds * 1000), histogramOf(buckets)];
}

function pointOf([atSeconds, text]: readonly [number, string]): readonly [number, number] {
  return [Math.round(atSeconds * 1000), numberOf(text)];
}

/** Prometheus spells infinity differently from JavaScript. Anything else that is no number becomes NaN. */
function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function hasHistograms(json: unknown): boolean {
  const native = z.object({
    data: z.object({
      result: z.array(z.object({ histogram: z.unknown() }).or(z.object({ histograms: z.unknown() }))).min(1),
    }),
  });
  return native.safeParse(json).success;
}
