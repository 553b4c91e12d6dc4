/**
 * A quarter of an hour of what a Prometheus finds that scrapes Sluice and a service whose canary is a little slower.
 */
import type { HistorySeries } from '../history.ts';

type Labels = Readonly<Record<string, string>>;

const stepMs = 15_000;
const spanMs = 15 * 60_000;

export function monitoredHistory(untilMs: number): HistorySeries[] {
  const times = Array.from({ length: spanMs / stepMs }, (_, at) => untilMs - spanMs + at * stepMs);
  const gauge = (name: string, labels: Labels, value: number): HistorySeries => ({
    name,
    labels,
    points: times.map((atMs) => [atMs, value]),
  });
  const counter = (name: string, labels: Labels, perStep: number): HistorySeries => ({
    name,
    labels,
    points: times.map((atMs, at) => [atMs, at * perStep]),
  });
  /** All between the two bounds, the first of which nothing reaches. */
  const histogram = (name: string, labels: Labels, bounds: readonly [string, string], perStep = 10) => [
    counter(`${name}_bucket`, { ...labels, le: bounds[0] }, 0),
    counter(`${name}_bucket`, { ...labels, le: bounds[1] }, perStep),
    counter(`${name}_bucket`, { ...labels, le: '+Inf' }, perStep),
    counter(`${name}_count`, labels, perStep),
  ];
  const arms = [
    ['canary', 'v2', ['0.2', '0.4']],
    ['stable', 'v1', ['0.1', '0.3']],
  ] as const;
  const target = { environment: 'prod', service: 'shop' };
  return [
    ...arms.flatMap(([arm, version, bounds]) => [
      gauge('sluice_arm_info', { ...target, arm, version }, 1),
      gauge('sluice_check_value', { ...target, check: 'error-rate', unit: '%', arm }, 1),
      counter('http_requests_total', { service: 'shop', version, status: '200' }, 90),
      counter('http_requests_total', { service: 'shop', version, status: '500' }, 1),
      ...histogram('http_request_duration_seconds', { service: 'shop', version }, bounds),
    ]),
    gauge('sluice_canary_share_percent', { ...target, kind: 'asked' }, 10),
    gauge('sluice_canary_share_percent', { ...target, kind: 'measured' }, 9.7),
    gauge('sluice_check_verdict', { ...target, check: 'error-rate', verdict: 'pass' }, 1),
    gauge('sluice_lease_remaining_seconds', target, 31),
    gauge('sluice_lease_ttl_seconds', target, 45),
    gauge('sluice_rollouts', { phase: 'soaking' }, 3),
    counter('sluice_rollouts_finished_total', { outcome: 'promoted' }, 1),
    ...histogram('sluice_restore_duration_seconds', { trigger: 'check' }, ['0.25', '0.5']),
    counter('sluice_verdicts_total', { check_kind: 'counts', verdict: 'pass' }, 5),
    counter('sluice_notices_total', { notifier: 'chat', result: 'delivered' }, 1),
    counter('sluice_express_stops_total', { traffic: 'haproxy', result: 'written' }, 1),
    gauge('sluice_express_queue_length', {}, 2),
    gauge('sluice_express_stops_in_flight', {}, 1),
    counter('sluice_http_requests_total', { method: 'GET', route: '/v1/rollouts', status: '200' }, 9),
    ...histogram('sluice_http_request_duration_seconds', { route: '/v1/rollouts' }, ['0.005', '0.01']),
    counter('sluice_http_problems_total', { code: 'not-found' }, 1),
    counter('sluice_temporal_calls_total', { method: 'ListWorkflowExecutions', status: 'OK' }, 10),
    ...histogram('temporal_activity_execution_latency_milliseconds', { activity_type: 'watch' }, [
      '50',
      '100',
    ]),
    counter('temporal_activity_execution_failed_total', { activity_type: 'watch' }, 1),
    gauge(
      'temporal_worker_task_slots_available',
      { task_queue: 'sluice-watch', worker_type: 'ActivityWorker' },
      1_990,
    ),
    gauge('sluice_worker_ready', {}, 1),
    gauge('sluice_worker_seen', {}, 1),
    gauge('sluice_guard_leader', { cluster: 'c' }, 1),
    gauge('sluice_guard_canaries', { cluster: 'c' }, 4),
    counter('sluice_guard_due_total', { cluster: 'c', why: 'stopped' }, 1),
  ];
}
