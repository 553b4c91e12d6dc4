/** The metrics that presets know: what services, meshes and proxies call their requests, failures and latencies. */

export interface Dialect {
  /** Before the slash in the names of its presets; null: they have no slash. */
  readonly name: string | null;
  /** Where the metrics come from, for people. */
  readonly source: string;
  /** Label matchers that pick the arm that is measured; a plan may set others. */
  readonly selector: string;
  /** Counter of requests. */
  readonly requests: string;
  /** Label matchers that hold for all its metrics. */
  readonly always: string;
  /** Label matchers of the requests that failed. */
  readonly failed: string;
  readonly latency: LatencyMetric;
}

/** Where latencies come from: a histogram, in `perSecond` to the second, or nothing but a mean, in seconds. */
type LatencyMetric =
  | {
      readonly histogram: string;
      readonly perSecond: number;
      /** It is a native one, instead of buckets by `le`. */
      readonly native?: true;
    }
  | { readonly mean: string };

const versioned = 'service="{{service}}",version="{{version}}"';
/** Proxies know backends, not versions: one of this name for each version is what plans may count on. */
const backend = '{{service}}-{{version}}';

export const dialects: readonly Dialect[] = [
  {
    name: null,
    source: 'services that export http_requests_total and http_request_duration_seconds',
    selector: versioned,
    requests: 'http_requests_total',
    always: '',
    failed: 'status=~"5.."',
    latency: { histogram: 'http_request_duration_seconds', perSecond: 1 },
  },
  {
    name: 'otel',
    source: 'HTTP servers instrumented with OpenTelemetry, with service.name and service.version as labels',
    selector: 'service_name="{{service}}",service_version="{{version}}"',
    requests: 'http_server_request_duration_seconds_count',
    always: '',
    failed: 'http_response_status_code=~"5.."',
    latency: { histogram: 'http_server_request_duration_seconds', perSecond: 1 },
  },
  {
    name: 'istio',
    source: 'Istio, as the receiving side sees it',
    selector: 'destination_canonical_service="{{service}}",destination_canonical_revision="{{version}}"',
    requests: 'istio_requests_total',
    always: 'reporter="destination"',
    failed: 'response_code=~"5.."',
    latency: { histogram: 'istio_request_duration_milliseconds', perSecond: 1000 },
  },
  {
    name: 'nginx',
    source: 'the NGINX ingress controller',
    // Prometheus renames the controller's own label `service`, since the scraped target has one of that name.
    selector: `exported_service="${backend}"`,
    requests: 'nginx_ingress_controller_requests',
    always: '',
    failed: 'status=~"5.."',
    latency: { histogram: 'nginx_ingress_controller_request_duration_seconds', perSecond: 1 },
  },
  {
    name: 'haproxy',
    source: "HAProxy's own exporter, which has no histograms: latency is the mean of the last 1024 requests",
    selector: `proxy="${backend}"`,
    requests: 'haproxy_backend_http_responses_total',
    always: '',
    failed: 'code="5xx"',
    latency: { mean: 'haproxy_backend_total_time_average_seconds' },
  },
  {
    name: 'envoy',
    source: 'Envoy, by upstream cluster',
    selector: `envoy_cluster_name="${backend}"`,
    requests: 'envoy_cluster_upstream_rq_xx',
    always: '',
    failed: 'envoy_response_code_class="5"',
    latency: { histogram: 'envoy_cluster_upstream_rq_time', perSecond: 1000 },
  },
  {
    name: 'traefik',
    source: 'Traefik, by service',
    selector: `service="{{environment}}-${backend}-80@kubernetescrd"`,
    requests: 'traefik_service_requests_total',
    always: '',
    failed: 'code=~"5.."',
    latency: { histogram: 'traefik_service_request_duration_seconds', perSecond: 1 },
  },
];

/** Label matchers inside braces, empty ones left out. */
export function braces(...matchers: readonly string[]): string {
  return `{${matchers.filter((matcher) => matcher !== '').join(',')}}`;
}
