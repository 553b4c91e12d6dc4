/** What a guard process guards, and where it answers probes: from the operator's `sluice.yaml`, or from flags. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, SluiceError } from '../domain/errors.ts';
import { readMapping } from '../domain/plan/text.ts';
import { guardSection, guardVariables, listenAddress, portText } from '../providers/listen.ts';
import { tracingSection } from '../providers/tracing.ts';
import { kubeTrafficSettings } from '../providers/traffic/kube/provider.ts';
import { kubeRoutes } from '../providers/traffic/kube/routes.ts';
import type { TracingConfig } from '../telemetry/tracing.ts';

export interface GuardFlags {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly leaseNamespace?: string;
  readonly host?: string;
  readonly port?: string;
}

/** One namespace of Leases on one cluster. */
export interface Post {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly leaseNamespace: string;
  readonly timeoutMs: number;
}

interface GuardConfig {
  readonly host: string;
  readonly port: number;
  readonly posts: readonly Post[];
  /** Null: only the standard variables say whether anything is traced. */
  readonly tracing: TracingConfig | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Errors: `config-invalid` with what is wrong, or if there is nothing to guard. */
export async function readGuardConfig(flags: GuardFlags, env: Environment): Promise<GuardConfig> {
  const path = flags.config ?? env.SLUICE_CONFIG;
  const file = path === undefined || path === '' ? {} : await readFileOf(path);
  const { host, port } = parsed(guardSection, file.guard ?? {}, 'guard');
  const { kubeconfig, context, leaseNamespace } = flags;
  const byFlags = kubeconfig ?? context ?? leaseNamespace;
  const posts = byFlags === undefined ? postsIn(file.traffic) : [postOf(flags, 'the flags')];
  if (posts.length === 0) {
    throw invalid(
      'There is nothing to guard: neither a Kubernetes traffic instance in SLUICE_CONFIG nor --kubeconfig, --context or --lease-namespace.',
    );
  }
  const wantedHost = flags.host ?? env[guardVariables.host];
  const wantedPort = flags.port ?? env[guardVariables.port];
  return {
    host: wantedHost ? parsed(listenAddress, wantedHost, 'host') : host,
    port: wantedPort ? parsed(portText, wantedPort, 'port') : port,
    posts: withoutRepeats(posts),
    tracing: parsed(tracingSection, file.tracing, 'tracing'),
  };
}

async function readFileOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw invalid(`The configuration ${path} cannot be read: ${messageOf(error)}`);
  });
  const read = readMapping(text);
  if (read.ok) return read.value;
  throw invalid(
    `The configuration ${path} is not valid: ${read.problems[0]?.message ?? 'it cannot be read'}`,
  );
}

const instances = z.record(z.string(), z.union([z.null(), z.looseObject({})])).nullish();

/** Instances of types that steer no routes of Kubernetes are the worker's business alone. */
function postsIn(traffic: unknown): Post[] {
  const known = new Set(kubeRoutes.map(({ type }) => type));
  return Object.entries(parsed(instances, traffic, 'traffic') ?? {}).flatMap(([name, entry]) => {
    // Whose plans may use it is the API's to ask.
    const { type = name, environments: _environments, places: _places, ...settings } = entry ?? {};
    return known.has(String(type)) ? [postOf(settings, `traffic.${name}`)] : [];
  });
}

function postOf(settings: object, where: string): Post {
  const { kubeconfig, context, leaseNamespace } = settings as GuardFlags;
  const given = where === 'the flags' ? { kubeconfig, context, leaseNamespace } : settings;
  const { timeoutMs, ...read } = parsed(kubeTrafficSettings, given, where);
  return {
    kubeconfig: read.kubeconfig,
    context: read.context,
    leaseNamespace: read.leaseNamespace,
    timeoutMs,
  };
}

/** Several instances may share their Leases, which one watch is enough for. */
function withoutRepeats(posts: readonly Post[]): Post[] {
  const keyOf = ({ kubeconfig, context, leaseNamespace }: Post) =>
    JSON.stringify([kubeconfig, context, leaseNamespace]);
  return [...new Map(posts.map((post) => [keyOf(post), post])).values()];
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw invalid(`${where}: ${problems.join('; ')}`);
}

function invalid(message: string): SluiceError {
  return new SluiceError('config-invalid', message);
}
