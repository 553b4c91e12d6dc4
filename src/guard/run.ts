/** The guard process: configuration -> one guard for each namespace of Leases -> probes and metrics. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import { type Logger, pino } from 'pino';
import { messageOf } from '../domain/errors.ts';
import { KubeClient } from '../providers/kube/client.ts';
import { connect } from '../providers/kube/connection.ts';
import { unhurriedLog } from '../providers/unhurried-log.ts';
import { namesTrace } from '../telemetry/log.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { type GuardFlags, type Post, readGuardConfig } from './config.ts';
import { Guard } from './guard.ts';
import { GuardMetrics, type PostName } from './metrics.ts';
import type { GuardReport } from './reports.ts';
import { serve } from './server.ts';

interface Guarded {
  readonly name: PostName;
  readonly guard: Guard;
  readonly client: KubeClient;
}

/** Guards until SIGINT or SIGTERM, and gives the lead up at its end. Errors: those of the configuration. */
export async function runGuard(flags: GuardFlags): Promise<void> {
  const logger = pino(
    {
      name: 'sluice-guard',
      level: process.env.SLUICE_LOG_LEVEL ?? 'info',
      base: { pid: process.pid },
      mixin: namesTrace,
    },
    // No route waits for whoever reads the log; at the end all is written.
    unhurriedLog(),
  );
  const config = await readGuardConfig(flags, process.env);
  const tracing = await startTracing('sluice-guard', config.tracing);
  const guards: Guarded[] = [];
  const metrics = new GuardMetrics(() => guards.map(({ name, guard }) => [name, guard.state()]));
  for (const post of config.posts) guards.push(guardOf(post, logger, metrics));
  const { registry } = metrics;
  const close = await serve({ ...config, registry, notReady: () => notReady(guards) });
  const running = guards.map(({ guard }) => guard.run());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const { guard } of guards) guard.stop();
    });
  }
  const { host, port } = config;
  logger.info({ host, port, posts: guards.map(({ name }) => name) }, 'guard runs');
  await Promise.all(running);
  await close();
  for (const { client } of guards) client.close();
  await tracing?.close();
  logger.info('guard stopped');
}

function guardOf(post: Post, logger: Logger, metrics: GuardMetrics): Guarded {
  const client = new KubeClient(connect(post), post.timeoutMs);
  const name = { cluster: post.context ?? client.connection.server.host, namespace: post.leaseNamespace };
  metrics.begin(name);
  const log = logger.child(name);
  const guard = new Guard({
    client,
    leaseNamespace: post.leaseNamespace,
    // A guard that comes back under its old name must not take its old lead for its own.
    identity: `${hostname()}_${randomUUID()}`,
    report: (report) => {
      metrics.take(name, report);
      tell(log, report);
    },
  });
  return { name, guard, client };
}

function notReady(guards: readonly Guarded[]): string | null {
  const silent = guards.filter(({ guard }) => !guard.state().ready).map(({ name }) => name);
  if (silent.length === 0) return null;
  const named = silent.map(({ cluster, namespace }) => `${cluster}/${namespace}`);
  return `the Leases of ${named.join(', ')} are not known, or the API server does not answer`;
}

const texts: Readonly<Record<GuardReport['kind'], string>> = {
  due: 'a route has to come home',
  restored: 'the route was brought home',
  'found-home': 'the route was found at home',
  renewed: 'the lease was renewed after all',
  nothing: 'there is no route to bring home',
  failed: 'the route could not be brought home; it is tried again',
  away: 'the API server does not answer: no lapse is trusted',
  back: 'the API server answers again: every lease has its whole time',
  trouble: 'a request to the API server failed',
  leads: 'this guard acts',
  follows: 'another guard acts',
};

function tell(log: Logger, { kind, ...rest }: GuardReport): void {
  const level = { failed: 'error', away: 'error', trouble: 'warn', due: 'warn' } as const;
  log[level[kind as keyof typeof level] ?? 'info']({ event: kind, ...rest }, texts[kind]);
}

/** For a program of its own: whatever ends it early is its last line. */
export async function runGuardOrFail(flags: GuardFlags): Promise<void> {
  await runGuard(flags).catch((error: unknown) => {
    pino({ name: 'sluice-guard' }).fatal({ error: messageOf(error) }, 'guard ended');
    process.exitCode = 1;
  });
}
