/**
 * Prometheus metrics of the API: requests by route, refusals by code, calls to Temporal, the express lane, and what
 * runs.
 */
import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../domain/errors.ts';
import { Meters } from '../telemetry/meters.ts';
import type { DataPlanes, Written } from './express/data-planes.ts';
import type { Feeds } from './feeds.ts';
import type { StartBound } from './limits/start-bound.ts';
import type { WhyRefused } from './limits/start-line.ts';
import { templateOf } from './route-table.ts';
import { isStream } from './streams.ts';

/** What runs and what is under way, as it is when somebody scrapes. */
export interface ServiceSight {
  /** Running rollouts by phase, from the list at hand; null: it is too old, or there is none. */
  phases(): ReadonlyMap<string, number> | null;
  /** Whether a worker polls for rollouts, as Temporal said last; null: not known. */
  workerSeen(): boolean | null;
  /** Stops under way, commands that wait for their turn, and storms so far. */
  express(): { readonly stops: number; readonly untold: number; readonly storms: number };
}

const labelNames = ['method', 'route', 'status'] as const;
const fastBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export class ApiMetrics {
  private readonly meters = new Meters();
  readonly registry = this.meters.registry;
  private readonly requests = this.meters.counter(
    'sluice_http_requests_total',
    'Requests answered by the API.',
    labelNames,
  );
  private readonly seconds = this.meters.histogram(
    'sluice_http_request_duration_seconds',
    'Time to answer a request; event streams are left out.',
    fastBuckets,
    labelNames,
  );
  private readonly problems = this.meters.counter(
    'sluice_http_problems_total',
    'Requests answered with a problem, refusals among them, by the code of the error.',
    ['code'],
  );
  private readonly temporalCalls = this.meters.counter(
    'sluice_temporal_calls_total',
    'Calls of the API to Temporal that have ended, by method and gRPC status.',
    ['method', 'status'],
  );
  private readonly temporalSeconds = this.meters.histogram(
    'sluice_temporal_call_duration_seconds',
    'Time until Temporal answered a call of the API.',
    fastBuckets,
    ['method'],
  );
  private readonly stops = this.meters.counter(
    'sluice_express_stops_total',
    'Stops that the API wrote into a data plane by itself, by data plane and result.',
    ['traffic', 'result'],
  );
  private readonly stopSeconds = this.meters.histogram(
    'sluice_express_stop_duration_seconds',
    'Time to write a stop.',
    fastBuckets,
    ['traffic'],
  );
  private readonly startsRefused = this.meters.counter(
    'sluice_starts_refused_total',
    'Starts that were told to come later, since all together started too much.',
    ['why'],
  );

  /** Counts what the application answers, and serves `GET /metrics`. */
  serve(app: FastifyInstance, feeds: Feeds): void {
    const { registry, requests, seconds } = this;
    this.meters.gauge(
      'sluice_followed_rollouts',
      'Rollouts that somebody follows as an event stream.',
      (one) => one.set(feeds.size),
    );
    app.addHook('onResponse', async (request, reply) => {
      // The pattern, not the path, so that targets and typing errors do not become label values.
      const { url } = request.routeOptions;
      const route = url === undefined ? 'none' : templateOf(url);
      const labels = { method: request.method, route, status: String(reply.statusCode) };
      requests.inc(labels);
      if (!isStream(route)) seconds.observe(labels, reply.elapsedTime / 1000);
    });
    app.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    );
  }

  /** Shows what the service has at hand; nothing is asked for a scrape. */
  show(sight: ServiceSight): void {
    const { meters } = this;
    meters.gauge(
      'sluice_rollouts',
      'Running rollouts by phase; missing while Temporal is away.',
      (one) => {
        for (const [phase, count] of sight.phases() ?? []) one.set({ phase }, count);
      },
      ['phase'],
    );
    meters.gauge(
      'sluice_worker_seen',
      '1: a worker polls for rollouts, as Temporal says; NaN: it says nothing.',
      (one) => one.set(Number(sight.workerSeen() ?? Number.NaN)),
    );
    meters.gauge('sluice_express_stops_in_flight', 'Stops that are being written.', (one) =>
      one.set(sight.express().stops),
    );
    meters.gauge('sluice_express_queue_length', 'Rollbacks whose rollout is still to be told.', (one) =>
      one.set(sight.express().untold),
    );
    meters.counted(
      'sluice_express_storms_total',
      'How often so many stops came at once that what is less urgent had to wait.',
      () => sight.express().storms,
    );
  }

  /** PEM, as it is served. */
  showCertificate(certificate: Buffer): void {
    const { validTo } = new X509Certificate(certificate);
    this.meters.gauge(
      'sluice_tls_certificate_expiry_timestamp_seconds',
      "When the API's certificate expires.",
      (one) => one.set(Date.parse(validTo) / 1_000),
    );
  }

  readonly takeProblem = (code: ErrorCode): void => {
    this.problems.inc({ code });
  };

  readonly takeRefusedStart = (why: WhyRefused): void => {
    this.startsRefused.inc({ why });
  };

  showStarts(bound: StartBound): void {
    for (const why of ['rate', 'in-flight']) this.startsRefused.inc({ why }, 0);
    this.meters.gauge('sluice_starts_in_flight', 'Starts that were let in and are not answered yet.', (one) =>
      one.set(bound.inFlight),
    );
  }

  readonly takeTemporalCall = (method: string, status: string, tookMs: number): void => {
    this.temporalCalls.inc({ method, status });
    this.temporalSeconds.observe({ method }, tookMs / 1000);
  };

  /** The same data planes, with their stops counted. */
  countStops(planes: DataPlanes): DataPlanes {
    for (const traffic of planes.names) {
      for (const result of ['written', 'failed']) this.stops.inc({ traffic, result }, 0);
    }
    const counted = async (traffic: string, stop: Promise<Written>) => {
      const written = await stop;
      this.stops.inc({ traffic, result: written.written ? 'written' : 'failed' });
      if (written.written) this.stopSeconds.observe({ traffic }, written.tookMs / 1000);
      return written;
    };
    return {
      ...planes,
      stop: (ref) => counted(ref.name, planes.stop(ref)),
      stopAll: (name, holder) => counted(name, planes.stopAll(name, holder)),
    };
  }
}
