/** Every preset through Prometheus' own parser, and what it reads from metrics as each source writes them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PresetName, presetNames, presets } from '../../../src/domain/analysis/presets.ts';
import { renderQuery } from '../../../src/domain/analysis/template.ts';
import { locateTools } from '../../../src/stack/tools.ts';

const run = promisify(execFile);
const vars = {
  service: 'shop',
  environment: 'prod',
  canary: 'v2',
  stable: 'v1',
  version: 'v2',
  windowMs: 60_000,
  share: 0.1,
};
const backend = 'shop-v2';
const otel = 'service_name="shop",service_version="v2"';

/** Ten requests a second of version v2, one of them an error; 6 within 0.1 s, 3 more within 0.5 s, 1 within 1 s. */
const pages: Readonly<Record<string, readonly (readonly [series: string, perSecond: number])[]>> = {
  '': service('http_requests_total', 'service="shop",version="v2"', 'status'),
  otel: [
    ...counters(
      'http_server_request_duration_seconds_count',
      otel,
      'http_response_status_code',
      '200',
      '503',
    ),
    ...buckets('http_server_request_duration_seconds', otel, 1).filter(([text]) => !text.includes('_count{')),
  ],
  istio: [
    ...counters('istio_requests_total', istio('destination'), 'response_code', '200', '503'),
    // What the sending side reports must not be counted a second time.
    ...counters('istio_requests_total', istio('source'), 'response_code', '200', '503'),
    ...buckets('istio_request_duration_milliseconds', istio('destination'), 1000),
  ],
  nginx: [
    ...counters('nginx_ingress_controller_requests', `exported_service="${backend}"`, 'status', '200', '500'),
    ...buckets('nginx_ingress_controller_request_duration_seconds', `exported_service="${backend}"`, 1),
  ],
  haproxy: counters('haproxy_backend_http_responses_total', `proxy="${backend}"`, 'code', '2xx', '5xx'),
  envoy: [
    ...counters(
      'envoy_cluster_upstream_rq_xx',
      `envoy_cluster_name="${backend}"`,
      'envoy_response_code_class',
      '2',
      '5',
    ),
    ...buckets('envoy_cluster_upstream_rq_time', `envoy_cluster_name="${backend}"`, 1000),
  ],
  traefik: [
    ...counters(
      'traefik_service_requests_total',
      'service="prod-shop-v2-80@kubernetescrd"',
      'code',
      '200',
      '500',
    ),
    ...buckets('traefik_service_request_duration_seconds', 'service="prod-shop-v2-80@kubernetescrd"', 1),
  ],
};

const expected: Readonly<Record<string, number>> = {
  'success-rate': 90,
  'error-rate': 10,
  throughput: 10,
  // A tenth of the traffic makes ten a second, so all of it would make a hundred.
  'throughput-drop': 100,
  cpu: 0.5,
  memory: 200,
  restarts: 0,
  'latency-p50': 0.1 * (5 / 6),
  'latency-p95': 0.75,
  'latency-p99': 0.95,
  'latency-mean': 0.2,
};

/**
 * The canary's requests in a minute; for a drop those that it should have had: a tenth of its own and seven times as
 * many.
 */
function samplesOf(name: PresetName): number {
  return presets[name].check === 'throughput-drop' ? 0.1 * (600 + 7 * 600) : 600;
}

describe('presets of every dialect', () => {
  let folder = '';
  let promtool = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-presets-'));
    promtool = locateTools().promtool;
    const queries = presetNames.flatMap((name) => {
      const { value, samples } = presets[name].query;
      return [
        [ruleOf(name, 'value'), value],
        ...(samples === null ? [] : [[ruleOf(name, 'samples'), samples]]),
      ] as [string, string][];
    });
    const rules = queries.map(([record, query]) => ({ record, expr: renderQuery(query, vars) }));
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'presets', rules }] }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is understood by Prometheus', async () => {
    const { stdout } = await run(promtool, ['check', 'rules', join(folder, 'rules.yaml')]);
    const counted = presetNames.filter((name) => presets[name].query.samples !== null);
    const rules = presetNames.length + counted.length;
    expect(stdout).toMatch(new RegExp(`SUCCESS: ${rules} rules found`));
  });

  it('is understood where requests are counted, with the bound that is chosen for latencies', async () => {
    const queries = presetNames.flatMap((name) => {
      const counters = presets[name].counts?.counters;
      if (counters === undefined) return [];
      const { part, total, boundFrom } = counters;
      return [part.replaceAll('{{bound}}', '0.25'), total, ...(boundFrom ? [boundFrom.histogram] : [])];
    });
    expect(queries).toHaveLength(2 * 2 * 7 + 3 * 4 * 6);
    const rules = queries.map((query, at) => ({ record: `counter_${at}`, expr: renderQuery(query, vars) }));
    const file = join(folder, 'counters.yaml');
    await writeFile(file, JSON.stringify({ groups: [{ name: 'counters', rules }] }));
    const { stdout } = await run(promtool, ['check', 'rules', file]);
    expect(stdout).toContain(`SUCCESS: ${queries.length} rules found`);
  });

  it('reads errors, latency, throughput and samples of the canary alone', async () => {
    const series = Object.values(pages).flat();
    const others = series.map(([text, rate]) => [text.replaceAll('v2', 'v1'), 7 * rate] as const);
    const input = [...series, ...others].map(([text, rate]) => ({
      series: text,
      values: `0+${15 * rate}x40`,
    }));
    input.push({
      series: `haproxy_backend_total_time_average_seconds{proxy="${backend}"}`,
      values: '0.2x40',
    });
    const process = 'service="shop",version="v2"';
    input.push(
      { series: `process_cpu_seconds_total{${process}}`, values: '0+7.5x40' },
      { series: `process_resident_memory_bytes{${process}}`, values: '209715200x40' },
      { series: `process_start_time_seconds{${process}}`, values: '1000x40' },
    );
    const tests = presetNames.flatMap((name) => [
      tested(ruleOf(name, 'value'), expected[presets[name].check] ?? Number.NaN),
      ...(presets[name].query.samples === null ? [] : [tested(ruleOf(name, 'samples'), samplesOf(name))]),
    ]);
    const file = {
      rule_files: ['rules.yaml'],
      evaluation_interval: '15s',
      tests: [{ interval: '15s', input_series: input, promql_expr_test: tests }],
    };
    await writeFile(join(folder, 'tests.yaml'), JSON.stringify(file));
    const result = await run(promtool, ['test', 'rules', join(folder, 'tests.yaml')], { cwd: folder }).catch(
      (error: { stdout?: string; stderr?: string }) => ({ stdout: `${error.stdout}${error.stderr}` }),
    );
    expect(result.stdout).toContain('SUCCESS');
  });
});

function ruleOf(name: PresetName, what: string): string {
  return `${name.replaceAll(/[/-]/g, '_')}:${what}`;
}

/** Rounded, since rates are sums of fractions. */
function tested(rule: string, value: number) {
  const exp_samples = [{ labels: '{}', value: Number(value.toFixed(6)) }];
  return { expr: `round(sum(${rule}), 0.000001)`, eval_time: '5m', exp_samples };
}

function istio(reporter: string): string {
  return `destination_canonical_service="shop",destination_canonical_revision="v2",reporter="${reporter}"`;
}

function counters(metric: string, labels: string, code: string, good: string, bad: string) {
  return [
    [`${metric}{${labels},${code}="${good}"}`, 9],
    [`${metric}{${labels},${code}="${bad}"}`, 1],
  ] as const;
}

function buckets(metric: string, labels: string, perSecond: number) {
  const counts = [
    [0.1, 6],
    [0.5, 9],
    [1, 10],
  ] as const;
  return [
    ...counts.map(([le, count]) => [`${metric}_bucket{${labels},le="${le * perSecond}"}`, count] as const),
    [`${metric}_bucket{${labels},le="+Inf"}`, 10] as const,
    [`${metric}_count{${labels}}`, 10] as const,
    [`${metric}_sum{${labels}}`, 2 * perSecond] as const,
  ];
}

function service(metric: string, labels: string, code: string) {
  return [
    ...counters(metric, labels, code, '200', '500'),
    ...buckets('http_request_duration_seconds', labels, 1),
  ];
}
