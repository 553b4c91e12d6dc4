/**
 * Prometheus metrics of the API: requests by route, refusals by code, calls to Temporal, the express lane, and what
 * runs.
 */
import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../domain/errors.ts';
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
  readonly registry = new Registry();
  private readonly requests: Counter;
  private readonly seconds: Histogram;
  private readonly problems: Counter;
  private readonly temporalCalls: Counter;
  private readonly temporalSeconds: Histogram;
  private readonly stops: Counter;
  private readonly stopSeconds: Histogram;
  private readonly startsRefused: Counter;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: 'sluice_http_requests_total',
      help: 'Requests answered by the API.',
      labelNames,
      registers,
    });
    this.seconds = new Histogram({
      name: 'sluice_http_request_duration_seconds',
      help: 'Time to answer a request; event streams are left out.',
      labelNames,
      buckets: fastBuckets,
      registers,
    });
    this.problems = new Counter({
      name: 'sluice_http_problems_total',
      help: 'Requests answered with a problem, refusals among them, by the code of the error.',
      labelNames: ['code'],
      registers,
    });
    this.temporalCalls = new Counter({
      name: 'sluice_temporal_calls_total',
      help: 'Calls of the API to Temporal that have ended, by method and gRPC status.',
      labelNames: ['method', 'status'],
      registers,
    });
    this.temporalSeconds = new Histogram({
      name: 'sluice_temporal_call_duration_seconds',
      help: 'Time until Temporal answered a call of the API.',
      labelNames: ['method'],
      buckets: fastBuckets,
      registers,
    });
    this.stops = new Counter({
      name: 'sluice_express_stops_total',
      help: 'Stops that the API wrote into a data plane by itself, by data plane and result.',
      labelNames: ['traffic', 'result'],
      registers,
    });
    this.stopSeconds = new Histogram({
      name: 'sluice_express_stop_duration_seconds',
      help: 'Time to write a stop.',
      labelNames: ['traffic'],
      buckets: fastBuckets,
      registers,
    });
    this.startsRefused = new Counter({
      name: 'sluice_starts_refused_total',
      help: 'Starts that were told to come later, since all together started too much.',
      labelNames: ['why'],
      registers,
    });
  }

  /** Counts what the application answers, and serves `GET /metrics`. */
  serve(app: FastifyInstance, feeds: Feeds): void {
    const { registry, requests, seconds } = this;
    new Gauge({
      name: 'sluice_followed_rollouts',
      help: 'Rollouts that somebody follows as an event stream.',
      registers: [registry],
      collect() {
        this.set(feeds.size);
      },
    });
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
    const gauge = (name: string, help: string, labels: string[], tell: (one: Gauge) => void) =>
      new Gauge({
        name,
        help,
        labelNames: labels,
        registers: [this.registry],
        collect() {
          this.reset();
          tell(this);
        },
      });
    gauge(
      'sluice_rollouts',
      'Running rollouts by phase; missing while Temporal is away.',
      ['phase'],
      (one) => {
        for (const [phase, count] of sight.phases() ?? []) one.set({ phase }, count);
      },
    );
    gauge(
      'sluice_worker_seen',
      '1: a worker polls for rollouts, as Temporal says; NaN: it says nothing.',
      [],
      (one) => one.set(Number(sight.workerSeen() ?? Number.NaN)),
    );
    gauge('sluice_express_stops_in_flight', 'Stops that are being written.', [], (one) =>
      one.set(sight.express().stops),
    );
    gauge('sluice_express_queue_length', 'Rollbacks whose rollout is still to be told.', [], (one) =>
      one.set(sight.express().untold),
    );
    new Counter({
      name: 'sluice_express_storms_total',
      help: 'How often so many stops came at once that what is less urgent had to wait.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(sight.express().storms);
      },
    });
  }

  /** PEM, as it is served. */
  showCertificate(certificate: Buffer): void {
    const { validTo } = new X509Certificate(certificate);
    new Gauge({
      name: 'sluice_tls_certificate_expiry_timestamp_seconds',
      help: "When the API's certificate expires.",
      registers: [this.registry],
    }).set(Date.parse(validTo) / 1_000);
  }

  readonly takeProblem = (code: ErrorCode): void => {
    this.problems.inc({ code });
  };

  readonly takeRefusedStart = (why: WhyRefused): void => {
    this.startsRefused.inc({ why });
  };

  showStarts(bound: StartBound): void {
    for (const why of ['rate', 'in-flight']) this.startsRefused.inc({ why }, 0);
    new Gauge({
      name: 'sluice_starts_in_flight',
      help: 'Starts that were let in and are not answered yet.',
      registers: [this.registry],
      collect() {
        this.set(bound.inFlight);
      },
    });
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
