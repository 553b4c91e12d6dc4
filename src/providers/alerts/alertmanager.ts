/** Reads firing alerts from Alertmanager's HTTP API, version 2. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import { type HttpSource, httpSource } from '../metrics/http-source.ts';
import { type PrometheusSettings, prometheusSettings } from '../metrics/prometheus-settings.ts';
import { readSettings } from '../settings.ts';
import type { AlertMatch, AlertsProvider, AlertsProviderType, FiringAlert } from './types.ts';

/** Address, time limit and credentials are those of any server of the Prometheus family. */
const settings = prometheusSettings;

/** Far longer than answers are. */
const maxBytes = 16 * 1024 * 1024;

export const alertmanager: AlertsProviderType = {
  type: 'alertmanager',
  summary: 'Active, unsilenced alerts over the HTTP API of Alertmanager.',
  options: z.strictObject({}),
  settings,
  create: (given) => createAlertmanager(readSettings('alertmanager', settings, given)),
};

function createAlertmanager(given: PrometheusSettings): AlertsProvider {
  const source = httpSource(given);
  return {
    firing: (match, { signal } = {}) => ask(source, given, match, signal),
    async close() {
      source.close();
    },
  };
}

const alertSchema = z.object({
  labels: z.record(z.string(), z.string()),
  startsAt: z.string(),
  status: z.object({ state: z.string() }),
});

async function ask(
  source: HttpSource,
  given: PrometheusSettings,
  match: AlertMatch,
  signal: AbortSignal | undefined,
): Promise<readonly FiringAlert[]> {
  const address = `${given.url.replace(/\/+$/, '')}/api/v2/alerts`;
  const answered = source.ask(`${address}?${questionOf(match)}`, {
    method: 'GET',
    signal,
    maxBytes,
    read({ ok, status, body }) {
      if (!ok) throw unavailable(`${address} answered ${status}: ${body.trim().slice(0, 200)}`);
      return alertsIn(address, body);
    },
  });
  return await answered.catch((error: unknown) => {
    const code = error instanceof SluiceError && error.code === 'metrics-unavailable';
    throw code ? unavailable(error.message) : error;
  });
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
  const reading = z.array(alertSchema).safeParse(parsedJson(body));
  if (!reading.success) throw unavailable(`${address} gave an answer that is no list of alerts.`);
  return reading.data
    .filter(({ status }) => status.state === 'active')
    .map(({ labels, startsAt }) => ({
      name: labels.alertname ?? '',
      labels,
      startedAtMs: Date.parse(startsAt),
    }));
}

function unavailable(message: string): SluiceError {
  return new SluiceError('alerts-unavailable', message);
}
