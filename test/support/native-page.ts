/** A page of metrics in Prometheus' protobuf format, the one in which it scrapes native histograms. */
import protobuf from 'protobufjs';

/** Observations of one series since its start, by the bucket of schema 3 (eight to a doubling) that they fall into. */
interface NativeSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Pairs of index and count: bucket i ends at 2 ^ (i / 8). */
  readonly buckets: ReadonlyMap<number, number>;
}

const schema = 3;
const types = protobuf.parse(`
  syntax = "proto2";
  package io.prometheus.client;
  message LabelPair { optional string name = 1; optional string value = 2; }
  message BucketSpan { optional sint32 offset = 1; optional uint32 length = 2; }
  message Histogram {
    optional uint64 sample_count = 1;
    optional double sample_sum = 2;
    optional sint32 schema = 5;
    optional double zero_threshold = 6;
    optional uint64 zero_count = 7;
    repeated BucketSpan positive_span = 12;
    repeated sint64 positive_delta = 13;
  }
  message Metric { repeated LabelPair label = 1; optional int64 timestamp_ms = 6; optional Histogram histogram = 7; }
  enum MetricType { HISTOGRAM = 4; }
  message MetricFamily { optional string name = 1; optional string help = 2; optional MetricType type = 3; repeated Metric metric = 4; }
`).root;

export const nativePageType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** The bucket of a latency in seconds. */
export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log2(seconds) * 2 ** schema);
}

export function nativePage(name: string, series: readonly NativeSeries[]): Uint8Array {
  const family = types.lookupType('io.prometheus.client.MetricFamily');
  const message = family.create({ name, help: 'Latencies.', type: 4, metric: series.map(metricOf) });
  return family.encodeDelimited(message).finish();
}

function metricOf({ labels, buckets }: NativeSeries): object {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const count = sorted.reduce((sum, [, some]) => sum + some, 0);
  const sum = sorted.reduce((all, [index, some]) => all + some * 2 ** (index / 2 ** schema), 0);
  return {
    label: Object.entries(labels).map(([label, value]) => ({ name: label, value })),
    // A series whose samples have times of their own is not gone when a scrape was not answered in time.
    timestampMs: Date.now(),
    histogram: {
      sampleCount: count,
      sampleSum: sum,
      schema,
      zeroThreshold: 1e-9,
      zeroCount: 0,
      // A span for each bucket: its offset counts from the end of the one before.
      positiveSpan: sorted.map(([index], at) => ({
        offset: at === 0 ? index : index - (sorted[at - 1]?.[0] ?? 0) - 1,
        length: 1,
      })),
      positiveDelta: sorted.map(([, some], at) => some - (sorted[at - 1]?.[1] ?? 0)),
    },
  };
}
