/** Reads metrics from Prometheus, or whatever speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). */
import { promDuration } from '../../domain/analysis/template.ts';
import { SluiceError } from '../../domain/errors.ts';
import { limitOf } from '../limit.ts';
import { readAnswer, refusal } from './prometheus-answer.ts';
import { hide, requestHeaders } from './prometheus-headers.ts';
import { type PrometheusSettings, prometheusOptions, prometheusSettings } from './prometheus-settings.ts';
import { shared } from './shared.ts';
import type { MetricsProvider, MetricsProviderType, Series } from './types.ts';

/** Well below every interval between two looks, so that no look sees the answer of the one before. */
const answerAgeMs = 500;

export const prometheus: MetricsProviderType = {
  type: 'prometheus',
  summary: 'Instant and range queries over the HTTP API of Prometheus.',
  options: prometheusOptions,
  settings: prometheusSettings,
  create(settings) {
    const parsed = prometheusSettings.safeParse(settings);
    if (parsed.success) {
      return shared(createPrometheus(parsed.data), {
        concurrent: parsed.data.maxQueries,
        freshMs: answerAgeMs,
      });
    }
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const listed = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new SluiceError('provider-config', `The settings of prometheus are invalid: ${listed}`, {
      problems,
    });
  },
};

export function createPrometheus(settings: PrometheusSettings): MetricsProvider {
  return {
    instant(query, options = {}) {
      const form = new URLSearchParams({ query });
      if (options.atMs !== undefined) form.set('time', seconds(options.atMs));
      return ask(settings, 'query', form, options.signal);
    },
    range(query, options) {
      const form = new URLSearchParams({
        query,
        start: seconds(options.fromMs),
        end: seconds(options.toMs),
        step: seconds(options.stepMs),
      });
      return ask(settings, 'query_range', form, options.signal);
    },
    async counters(selector, { fromMs, toMs, signal }) {
      // An instant query of a range selector is the one way to the samples as they were scraped.
      const query = `${selector}[${promDuration(Math.max(1, toMs - fromMs))}]`;
      const series = await ask(
        settings,
        'query',
        new URLSearchParams({ query, time: seconds(toMs) }),
        signal,
      );
      // Before version 3 the left end of a range belonged to it.
      return series.map(({ labels, points }) => ({ labels, points: points.filter(([at]) => at > fromMs) }));
    },
    // The process-wide connection pool of fetch outlives any one provider.
    async close() {},
  };
}

/** One request, one answer. Retries are the caller's: a check has a budget for errors, and a late answer is of no use. */
async function ask(
  settings: PrometheusSettings,
  path: 'query' | 'query_range',
  form: URLSearchParams,
  signal: AbortSignal | undefined,
): Promise<readonly Series[]> {
  const url = `${settings.url.replace(/\/+$/, '')}/api/v1/${path}`;
  const { headers, secrets } = await requestHeaders(settings);
  form.set('timeout', `${settings.timeoutMs}ms`);
  const limit = limitOf(settings.timeoutMs, signal);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: form,
      redirect: 'error',
      signal: limit.signal,
    });
    const body = await response.text();
    if (!response.ok) throw refusal(url, response.status, body);
    return readAnswer(url, body);
  } catch (error) {
    if (error instanceof SluiceError) throw new SluiceError(error.code, hide(error.message, secrets));
    if (signal?.aborted === true) throw unavailable(`The query to ${url} was cancelled.`);
    if (limit.struck) throw unavailable(`${url} gave no answer within ${settings.timeoutMs} ms.`);
    throw unavailable(`${url} could not be reached: ${hide(networkCause(error), secrets)}.`);
  } finally {
    limit.clear();
  }
}

/** fetch says only "fetch failed"; what happened is in its cause, and for several addresses one level deeper. */
function networkCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return networkCause(error.errors[0]);
  return error.cause === undefined ? error.message : networkCause(error.cause);
}

function unavailable(message: string): SluiceError {
  return new SluiceError('metrics-unavailable', message);
}

/** Prometheus takes times and steps as decimal seconds. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
