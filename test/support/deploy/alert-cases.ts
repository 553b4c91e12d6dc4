/** For each alert of deploy/prometheus: series with which it fires, and some with which it must not. */

/** A series and its values as `promtool test rules` writes them, one each 15 s. */
type Series = readonly [series: string, values: string];

export interface AlertCase {
  readonly alert: string;
  /** When it is asked for. */
  readonly at: string;
  /** Labels of the alert beside its severity. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What its value reads like in a text. */
  readonly value?: string;
  readonly fires: readonly Series[];
  readonly quiet: readonly Series[];
}

const of = (part: 'worker' | 'api' | 'guard') => `namespace="sluice", job="sluice-${part}"`;
const target = 'environment="prod", service="shop"';
const arms = (arm: string, version: string): Series => [
  `sluice_arm_info{${of('worker')}, ${target}, arm="${arm}", version="${version}"}`,
  '1x100',
];
const canary = arms('canary', 'v2');
const stable = arms('stable', 'v1');
const requests = (version: string, status: string, values: string): Series => [
  `http_requests_total{service="shop", version="${version}", status="${status}"}`,
  values,
];
/** Of each version so many requests below 250 ms and so many below 500 ms. */
const latencies = (version: string, quick: string, all: string): Series[] =>
  [
    ['0.25', quick],
    ['0.5', all],
    ['+Inf', all],
  ].map(([le, values = '']) => [
    `http_request_duration_seconds_bucket{service="shop", version="${version}", le="${le}"}`,
    values,
  ]);
const lease = (name: string, instance: string, values: string, held = target): Series => [
  `sluice_lease_${name}_seconds{${of('worker')}, ${held}, instance="${instance}"}`,
  values,
];
const verdict = (kind: string, values: string): Series => [
  `sluice_check_verdict{${of('worker')}, ${target}, check="error-rate", verdict="${kind}"}`,
  values,
];
const notices = (result: string, values: string): Series => [
  `sluice_notices_total{${of('worker')}, notifier="chat", result="${result}"}`,
  values,
];
const slots = (instance: string, queue: string, values: string): Series => [
  `temporal_worker_task_slots_available{${of('worker')}, instance="${instance}", task_queue="${queue}", worker_type="ActivityWorker"}`,
  values,
];
const up = (part: 'worker' | 'api' | 'guard', instance: string, values: string): Series => [
  `up{${of(part)}, instance="${instance}"}`,
  values,
];
const somethingElse: Series = ['up{namespace="sluice", job="other"}', '1x100'];
const answers = (route: string, status: string, values: string): Series => [
  `sluice_http_requests_total{${of('api')}, method="GET", route="${route}", status="${status}"}`,
  values,
];
const guarded = { cluster: 'c', namespace: 'sluice', exported_namespace: 'leases' };
const guard = (name: string, instance: string, values: string, more = ''): Series => [
  `sluice_guard_${name}{${of('guard')}, instance="${instance}", cluster="c", exported_namespace="leases"${more}}`,
  values,
];

export const alertCases: readonly AlertCase[] = [
  {
    alert: 'SluiceCanaryErrorsHigh',
    at: '6m',
    labels: { service: 'shop', arm: 'canary' },
    value: '10%',
    fires: [canary, stable, requests('v2', '200', '0+9x100'), requests('v2', '500', '0+1x100')],
    quiet: [
      canary,
      stable,
      requests('v2', '200', '0+10x100'),
      requests('v2', '500', '0x100'),
      requests('v1', '500', '0+5x100'),
    ],
  },
  {
    alert: 'SluiceCanarySlow',
    at: '10m',
    labels: { service: 'shop' },
    value: '2.053',
    fires: [
      canary,
      stable,
      requests('v2', '200', '0+10x100'),
      ...latencies('v1', '0+10x100', '0+10x100'),
      ...latencies('v2', '0x100', '0+10x100'),
    ],
    quiet: [
      canary,
      stable,
      requests('v2', '200', '0+10x100'),
      ...latencies('v1', '0+10x100', '0+10x100'),
      ...latencies('v2', '0+10x100', '0+10x100'),
    ],
  },
  {
    alert: 'SluiceRestoreLate',
    at: '3m',
    fires: [[`sluice_rollout_events_total{${of('worker')}, kind="restore-late"}`, '0x4 1x30']],
    quiet: [
      [`sluice_rollout_events_total{${of('worker')}, kind="restore-late"}`, '3x40'],
      [`sluice_rollout_events_total{${of('worker')}, kind="restored"}`, '0+1x40'],
    ],
  },
  {
    alert: 'SluiceLeaseNearExpiry',
    // Temporal is away: the watch ends with its lease, and its series with it.
    at: '40s',
    labels: { environment: 'prod', service: 'shop' },
    fires: [lease('remaining', 'a', '45 31 16 stale'), lease('ttl', 'a', '45x2 stale')],
    // The second worker has taken the watch over.
    quiet: [
      lease('remaining', 'a', '1x10'),
      lease('ttl', 'a', '45x10'),
      lease('remaining', 'b', '31x10'),
      lease('ttl', 'b', '45x10'),
      // Too short to be told of in time.
      lease('remaining', 'a', '1x10', 'environment="prod", service="brief"'),
      lease('ttl', 'a', '5x10', 'environment="prod", service="brief"'),
    ],
  },
  {
    alert: 'SluiceCheckBlind',
    at: '12m',
    labels: { environment: 'prod', service: 'shop', check: 'error-rate' },
    fires: [verdict('no-data', '1x20'), verdict('error', '_x20 1x40')],
    quiet: [verdict('no-data', '1x20'), verdict('pass', '_x20 1x40')],
  },
  {
    alert: 'SluiceNotifierFailing',
    at: '16m',
    labels: { notifier: 'chat' },
    fires: [notices('failed', '0+1x100'), notices('delivered', '4x100')],
    quiet: [notices('failed', '0+1x100'), notices('delivered', '0+1x100')],
  },
  {
    alert: 'SluiceEvidenceFailing',
    at: '20m',
    fires: [[`sluice_evidence_problems_total{${of('worker')}}`, '0+1x100']],
    quiet: [[`sluice_evidence_problems_total{${of('worker')}}`, '7x100']],
  },
  {
    alert: 'SluiceWorkersAbsent',
    at: '2m',
    fires: [somethingElse, up('worker', 'a', '0x20')],
    quiet: [up('worker', 'a', '0x20'), up('worker', 'b', '1x20')],
  },
  {
    alert: 'SluiceTemporalFailing',
    at: '5m',
    fires: [[`temporal_long_request_failure_total{${of('worker')}}`, '0+5x30']],
    quiet: [[`temporal_long_request_failure_total{${of('worker')}}`, '7x30']],
  },
  {
    alert: 'SluiceRestoreSlotsExhausted',
    at: '2m',
    fires: [slots('a', 'sluice-restore', '200x20'), slots('b', 'sluice-restore', '0x20')],
    quiet: [slots('a', 'sluice-restore', '200x20'), slots('b', 'sluice-watch', '0x20')],
  },
  {
    alert: 'SluiceWatchSlotsExhausted',
    at: '3m',
    fires: [slots('a', 'sluice-watch', '2000x20'), slots('b', 'sluice-watch', '0x20')],
    quiet: [slots('a', 'sluice-watch', '2000x20'), slots('b', 'sluice-restore', '0x20')],
  },
  {
    alert: 'SluiceApiAbsent',
    at: '2m',
    fires: [somethingElse],
    quiet: [up('api', 'a', '1x20'), up('api', 'b', '0x20')],
  },
  {
    alert: 'SluiceApiErrors',
    at: '12m',
    value: '10%',
    fires: [answers('/v1/rollouts', '200', '0+9x100'), answers('/v1/rollouts', '503', '0+1x100')],
    quiet: [answers('/v1/rollouts', '200', '0+9x100'), answers('/readyz', '503', '0+5x100')],
  },
  {
    alert: 'SluiceWorkersIdle',
    at: '3m',
    fires: [[`sluice_worker_seen{${of('api')}}`, '0x20']],
    quiet: [
      [`sluice_worker_seen{${of('api')}, instance="a"}`, '_x20'],
      [`sluice_worker_seen{${of('api')}, instance="b"}`, '1x20'],
    ],
  },
  {
    alert: 'SluiceStopsFailing',
    at: '2m',
    labels: { traffic: 'haproxy' },
    fires: [[`sluice_express_stops_total{${of('api')}, traffic="haproxy", result="failed"}`, '0x4 1x10']],
    quiet: [[`sluice_express_stops_total{${of('api')}, traffic="haproxy", result="written"}`, '0+1x20']],
  },
  {
    alert: 'SluiceAccessRefused',
    at: '6m',
    // Each code alone is too few: all three count.
    fires: ['unauthenticated', 'login-refused', 'csrf-refused'].map((code) => [
      `sluice_http_problems_total{${of('api')}, code="${code}"}`,
      '0+2x40',
    ]),
    quiet: [
      [`sluice_http_problems_total{${of('api')}, code="unauthenticated"}`, '0+1x40'],
      [`sluice_http_problems_total{${of('api')}, code="not-found"}`, '0+50x40'],
    ],
  },
  {
    alert: 'SluiceCertificateExpiring',
    at: '1m',
    value: '3d 0h 0m 0s',
    fires: [[`sluice_tls_certificate_expiry_timestamp_seconds{${of('api')}}`, '259260x10']],
    quiet: [[`sluice_tls_certificate_expiry_timestamp_seconds{${of('api')}}`, '2592000x10']],
  },
  { alert: 'SluiceGuardAbsent', at: '2m', fires: [somethingElse], quiet: [up('guard', 'a', '1x20')] },
  {
    alert: 'SluiceGuardIdle',
    at: '3m',
    labels: guarded,
    fires: [guard('leader', 'a', '0x20'), guard('leader', 'b', '0x20')],
    quiet: [guard('leader', 'a', '1x20'), guard('leader', 'b', '0x20')],
  },
  {
    alert: 'SluiceGuardOutOfTouch',
    at: '3m',
    labels: guarded,
    fires: [guard('api_in_touch', 'a', '0x20'), guard('api_in_touch', 'b', '0x20')],
    quiet: [guard('api_in_touch', 'a', '1x20'), guard('api_in_touch', 'b', '0x20')],
  },
  {
    alert: 'SluiceRouteNotHome',
    at: '5m',
    labels: guarded,
    fires: [guard('failures_total', 'a', '0+1x40')],
    quiet: [guard('failures_total', 'a', '3x40')],
  },
  {
    alert: 'SluiceCanaryLapsed',
    at: '5m',
    labels: guarded,
    fires: [guard('due_total', 'a', '_x2 0x8 1x30', ', why="lapsed"')],
    quiet: [guard('due_total', 'a', '0+1x40', ', why="stopped"')],
  },
];
