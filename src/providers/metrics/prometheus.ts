/** Reads metrics from Prometheus, or whatever speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). */
import { promDuration } from '../../domain/analysis/template.ts';
import { readSettings } from '../settings.ts';
import { httpSource } from './http-source.ts';
import { readAnswer, refusal } from './prometheus-answer.ts';
import { type PrometheusSettings, prometheusOptions, prometheusSettings } from './prometheus-settings.ts';
import { shared } from './shared.ts';
import type { MetricsProvider, MetricsProviderType } from './types.ts';

/** Well below every interval between two looks, so that no look sees the answer of the one before. */
const answerAgeMs = 500;
/** Far longer than answers are. */
const maxBytes = 64 * 1024 * 1024;

export const prometheus: MetricsProviderType = {
  type: 'prometheus',
  summary: 'Instant and range queries over the HTTP API of Prometheus.',
  options: prometheusOptions,
  settings: prometheusSettings,
  create(settings) {
    const read = readSettings('prometheus', prometheusSettings, settings);
    return shared(createPrometheus(read), { concurrent: read.maxQueries, freshMs: answerAgeMs });
  },
};

export function createPrometheus(settings: PrometheusSettings): MetricsProvider {
  const source = httpSource(settings);
  const ask = (path: 'query' | 'query_range', form: URLSearchParams, signal: AbortSignal | undefined) => {
    const url = `${settings.url.replace(/\/+$/, '')}/api/v1/${path}`;
    form.set('timeout', `${settings.timeoutMs}ms`);
    return source.ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal,
      maxBytes,
      read({ ok, status, body }) {
        if (!ok) throw refusal(url, status, body);
        return readAnswer(url, body);
      },
    });
  };
  return {
    instant(query, options = {}) {
      const form = new URLSearchParams({ query });
      if (options.atMs !== undefined) form.set('time', seconds(options.atMs));
      return ask('query', form, options.signal);
    },
    range(query, options) {
      const form = new URLSearchParams({
        query,
        start: seconds(options.fromMs),
        end: seconds(options.toMs),
        step: seconds(options.stepMs),
      });
      return ask('query_range', form, options.signal);
    },
    async counters(selector, { fromMs, toMs, signal }) {
      // An instant query of a range selector is the one way to the samples as they were scraped.
      const query = `${selector}[${promDuration(Math.max(1, toMs - fromMs))}]`;
      const series = await ask('query', new URLSearchParams({ query, time: seconds(toMs) }), signal);
      // Before version 3 the left end of a range belonged to it.
      const within = ([at]: readonly [number, unknown]) => at > fromMs;
      return series.map(({ labels, points, histograms }) => ({
        labels,
        points: points.filter(within),
        ...(histograms === undefined ? {} : { histograms: histograms.filter(within) }),
      }));
    },
    async close() {
      source.close();
    },
  };
}

/** Prometheus takes times and steps as decimal seconds. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
