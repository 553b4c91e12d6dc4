/** Reads firing alerts from Alertmanager's HTTP API, version 2. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { limitOf } from '../limit.ts';
import { hide, requestHeaders } from '../metrics/prometheus-headers.ts';
import { type PrometheusSettings, prometheusSettings } from '../metrics/prometheus-settings.ts';
import { readSettings } from '../settings.ts';
import type { AlertMatch, AlertsProvider, AlertsProviderType, FiringAlert } from './types.ts';

/** Address, time limit and credentials are those of any server of the Prometheus family. */
const settings = prometheusSettings;

export const alertmanager: AlertsProviderType = {
  type: 'alertmanager',
  summary: 'Active, unsilenced alerts over the HTTP API of Alertmanager.',
  options: z.strictObject({}),
  settings,
  create: (given) => createAlertmanager(readSettings('alertmanager', settings, given)),
};

export function createAlertmanager(given: PrometheusSettings): AlertsProvider {
  return {
    firing: (match, { signal } = {}) => ask(given, match, signal),
    // The process-wide connection pool of fetch outlives any one provider.
    async close() {},
  };
}

const alertSchema = z.object({
  labels: z.record(z.string(), z.string()),
  startsAt: z.string(),
  status: z.object({ state: z.string() }),
});

async function ask(
  given: PrometheusSettings,
  match: AlertMatch,
  signal: AbortSignal | undefined,
): Promise<readonly FiringAlert[]> {
  const address = `${given.url.replace(/\/+$/, '')}/api/v2/alerts`;
  const { headers, secrets } = await credentials(given);
  const limit = limitOf(given.timeoutMs, signal);
  try {
    const response = await fetch(`${address}?${questionOf(match)}`, {
      headers,
      redirect: 'error',
      signal: limit.signal,
    });
    const body = await response.text();
    if (!response.ok)
      throw unavailable(`${address} answered ${response.status}: ${body.trim().slice(0, 200)}`);
    return alertsIn(address, body);
  } catch (error) {
    if (error instanceof SluiceError) throw new SluiceError(error.code, hide(error.message, secrets));
    if (signal?.aborted === true) throw unavailable(`The question to ${address} was cancelled.`);
    if (limit.struck) throw unavailable(`${address} gave no answer within ${given.timeoutMs} ms.`);
    throw unavailable(`${address} could not be reached: ${hide(causeOf(error), secrets)}.`);
  } finally {
    limit.clear();
  }
}

function questionOf(match: AlertMatch): URLSearchParams {
  const question = new URLSearchParams({ active: 'true', silenced: 'false', inhibited: 'false' });
  for (const [label, values] of Object.entries(match)) question.append('filter', matcherOf(label, values));
  return question;
}

/** One value is compared; of several, a pattern of their exact texts says any. Alertmanager anchors patterns itself. */
function matcherOf(label: string, values: readonly string[]): string {
  const [only = ''] = values;
  if (values.length === 1) return `${label}=${quoted(only)}`;
  return `${label}=~${quoted(values.map((value) => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|'))}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function alertsIn(address: string, body: string): readonly FiringAlert[] {
  const reading = z.array(alertSchema).safeParse(jsonOf(body));
  if (!reading.success) throw unavailable(`${address} gave an answer that is no list of alerts.`);
  return reading.data
    .filter(({ status }) => status.state === 'active')
    .map(({ labels, startsAt }) => ({
      name: labels.alertname ?? '',
      labels,
      startedAtMs: Date.parse(startsAt),
    }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function credentials(given: PrometheusSettings) {
  try {
    return await requestHeaders(given);
  } catch (error) {
    const code = error instanceof SluiceError && error.code === 'metrics-unavailable';
    throw code ? unavailable(error.message) : error;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : causeOf(error.cause);
}

function unavailable(message: string): SluiceError {
  return new SluiceError('alerts-unavailable', message);
}
