/**
 * The operator's configuration (`sluice.yaml`): where Temporal and the providers are. Plans never hold addresses or
 * secrets.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, type Problem, SluiceError } from '../domain/errors.ts';
import { adviceFor } from '../domain/nearest.ts';
import type { Route } from '../domain/notify/types.ts';
import { check, joinPath, shown } from '../domain/plan/document/problems.ts';
import { isMapping, type Mapping, ownValue, type Report, readFields } from '../domain/plan/document/read.ts';
import { readMapping } from '../domain/plan/text.ts';
import type { TracingConfig } from '../telemetry/tracing.ts';
import type { ApprovalSettings } from './approval-links.ts';
import { type AuthConfig, authSection } from './auth-settings.ts';
import { boundFields, boundRoles, boundsSchema, type InstanceWords } from './bounds.ts';
import { builtInTypes, type ProviderTypes } from './built-in.ts';
import { type EncryptionConfig, encryptionSection } from './encryption.ts';
import { type EvidenceConfig, evidenceSection } from './evidence/settings.ts';
import { guardSection, guardVariables, listenAddress, port, portText } from './listen.ts';
import { type NotificationsConfig, notificationsSection, refuseUnknownChannels } from './notifications.ts';
import { readRoutes } from './routes.ts';
import { type SecretSource, secretSource } from './secret.ts';
import { tracingSection } from './tracing.ts';

interface InstanceConfig {
  /** The provider type; by default the name of the instance. */
  readonly type: string;
  /** Validated and defaulted by the type's `settings` schema. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whose plans may use it, and where; absent: it does not say. */
  readonly bounds?: InstanceWords;
}

export type Instances = Readonly<Record<string, InstanceConfig>>;

export interface ApiConfig {
  readonly host: string;
  readonly port: number;
  /** By which it may be addressed, besides loopback. */
  readonly hostNames: readonly string[];
  /** Files of its certificate and key; `proxy`: somebody in front of it has them; null: it speaks plain HTTP. */
  readonly tls: 'proxy' | { readonly cert: string; readonly key: string } | null;
  /** Origins of other pages that may use it with a bearer token. */
  readonly cors: readonly string[];
  /** Proxies, as addresses and networks, that may say by X-Forwarded-For whom they ask for. */
  readonly proxies: readonly string[];
  /**
   * Requests per second that one principal, and starts that all together, may keep up at one replica; what is left out
   * has its default.
   */
  readonly limits: {
    readonly reads?: number | undefined;
    readonly writes?: number | undefined;
    readonly starts?: number | undefined;
    readonly allStarts?: number | undefined;
  } | null;
}

export interface TemporalConfig {
  readonly address: string;
  readonly namespace: string;
  /** Where people find Temporal's own UI, for links; null: nowhere. */
  readonly uiUrl: string | null;
  /** Null: what Temporal keeps is plain. */
  readonly encryption: EncryptionConfig | null;
}

export interface WorkerConfig {
  /** Address of metrics and health, which are read only; beyond loopback others can see them. */
  readonly host: string;
  /** Where the worker serves its own metrics; null: nowhere. */
  readonly metricsPort: number | null;
  /** Where it answers probes, `/healthz` and `/readyz`; null: nowhere. */
  readonly healthPort: number | null;
  /** Worker Deployment under which rollouts are pinned to the code that they began with; null: they are not. */
  readonly deployment: string | null;
  /** Version of this worker's workflow code within the deployment; null: a hash of that code. */
  readonly buildId: string | null;
}

export interface SluiceConfig {
  readonly temporal: TemporalConfig;
  readonly api: ApiConfig;
  /** Who may use the API; without tokens and issuers: whoever reaches it, which is this machine only. */
  readonly auth: AuthConfig;
  /** What events from outside are signed with, and bearer tokens of senders that cannot sign; any of them is good. */
  readonly events: { readonly secrets: readonly SecretSource[]; readonly tokens: readonly SecretSource[] };
  readonly approvals: ApprovalSettings;
  /** Folder of the operator's policies; null: there are none. */
  readonly policies: string | null;
  /** Hosts that gates and hooks may ask; null: any but those of the machine's own cloud. */
  readonly outgoing: { readonly allow: readonly string[] | null };
  readonly worker: WorkerConfig;
  /** Where traces go; null: nowhere, unless the standard variables say. */
  readonly tracing: TracingConfig | null;
  /** Null: no evidence is kept. */
  readonly evidence: EvidenceConfig | null;
  readonly traffic: Instances;
  readonly metrics: Instances;
  readonly workload: Instances;
  /** Probes of apps, databases and other dependencies. */
  readonly health: Instances;
  /** Where alerts that fire are asked for. */
  readonly alerts: Instances;
  /** What phased rollbacks may call. */
  readonly hooks: Instances;
  /** What plans may ask before traffic moves. */
  readonly gates: Instances;
  /** Whom rollouts may be told to. */
  readonly notifiers: Instances;
  /** Who is told what. */
  readonly routes: readonly Route[];
  readonly notifications: NotificationsConfig;
}

type Environment = Readonly<Record<string, string | undefined>>;

const address = z.string().regex(/^[^\s/:]+:\d{1,5}$|^\[[^\s\]]+\]:\d{1,5}$/, 'must be host:port');
const hostName = z.string().regex(/^[^\s/:@]{1,253}$/, 'must be a host name, without a port');
/** As browsers write it, since that is what it is compared with. */
const origin = z
  .string()
  .max(300)
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://portal.example.com: scheme and host, a port if it is not the usual one, no path',
  );
const rate = z.number().min(0.1).max(100_000).optional();
const versionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'must be 1 to 63 letters, digits, dashes and underscores');
const hostPattern = z
  .string()
  .max(255)
  .regex(
    /^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^\[[0-9A-Fa-f:.]+\]$/,
    'must be a host such as api.example.com, or *.example.com for all below it, without port',
  );
const fields = {
  temporal: z
    .strictObject({
      address: address.default('127.0.0.1:7233'),
      namespace: z.string().min(1).max(255).default('default'),
      uiUrl: z
        .url({ protocol: /^https?$/, error: 'must be an http or https address' })
        .nullable()
        .default(null),
      encryption: encryptionSection.nullable().default(null),
    })
    .prefault({}),
  api: z
    .strictObject({
      host: z.string().min(1).max(255).default('127.0.0.1'),
      port: port.default(8080),
      hostNames: z.array(hostName).max(100).default([]),
      tls: z
        .union([z.literal('proxy'), z.strictObject({ cert: z.string().min(1), key: z.string().min(1) })])
        .nullable()
        .default(null),
      cors: z.array(origin).max(100).default([]),
      proxies: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
        .max(100)
        .default([]),
      limits: z
        .strictObject({ reads: rate, writes: rate, starts: rate, allStarts: rate })
        .nullable()
        .default(null),
    })
    .prefault({}),
  auth: authSection.prefault({}),
  events: z
    .strictObject({
      secrets: z.array(secretSource).max(10).default([]),
      tokens: z.array(secretSource).max(10).default([]),
    })
    .prefault({}),
  approvals: z
    .strictObject({
      secret: secretSource.nullable().default(null),
      url: z
        .url({ protocol: /^https?$/, error: 'must be an http or https address' })
        .nullable()
        .default(null),
    })
    .prefault({}),
  policies: z.string().min(1).nullable().default(null),
  outgoing: z.strictObject({ allow: z.array(hostPattern).max(200).nullable().default(null) }).prefault({}),
  worker: z
    .strictObject({
      host: listenAddress.default('127.0.0.1'),
      metricsPort: port.nullable().default(null),
      healthPort: port.nullable().default(null),
      deployment: versionName.nullable().default(null),
      buildId: versionName.nullable().default(null),
    })
    .prefault({}),
  tracing: tracingSection,
  evidence: evidenceSection,
  notifications: notificationsSection,
  /**
   * Read by the guard itself, which needs nothing else of this file but its Kubernetes traffic instances and `tracing`.
   */
  guard: guardSection,
};

const instanceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 of a-z, 0-9, dot, underscore and dash');

/** Variables that override the file, since a container sets addresses more easily than files. */
const overrides = [
  ['SLUICE_TEMPORAL_ADDRESS', 'temporal', 'address', address],
  ['SLUICE_TEMPORAL_NAMESPACE', 'temporal', 'namespace', z.string().min(1).max(255)],
  ['SLUICE_API_HOST', 'api', 'host', z.string().min(1).max(255)],
  ['SLUICE_API_PORT', 'api', 'port', portText],
  ['SLUICE_WORKER_HOST', 'worker', 'host', listenAddress],
  ['SLUICE_WORKER_METRICS_PORT', 'worker', 'metricsPort', portText],
  ['SLUICE_WORKER_HEALTH_PORT', 'worker', 'healthPort', portText],
  ['SLUICE_WORKER_DEPLOYMENT', 'worker', 'deployment', versionName],
  ['SLUICE_WORKER_BUILD_ID', 'worker', 'buildId', versionName],
] as const;

/** Every variable of its own that worker, API and guard heed. */
export const environmentNames: readonly string[] = [
  'SLUICE_CONFIG',
  'SLUICE_LOG_LEVEL',
  ...overrides.map(([variable]) => variable),
  ...Object.values(guardVariables),
];

export interface LoadOptions {
  /** Default: `SLUICE_CONFIG`; with neither, all defaults and no providers but the implied ones. */
  readonly path?: string;
  readonly env?: Environment;
  readonly types?: ProviderTypes;
}

/** Reads and validates the configuration. Throws `config-invalid` with every problem. */
export async function loadConfig(options: LoadOptions = {}): Promise<SluiceConfig> {
  const env = options.env ?? process.env;
  const path = options.path ?? env.SLUICE_CONFIG;
  if (path === undefined || path === '') return parseConfig({}, { ...options, env });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SluiceError('config-invalid', `The configuration ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const read = readMapping(text);
  if (!read.ok) throw invalid(path, read.problems);
  return parseConfig(read.value, { ...options, env, path });
}

/** Validates a configuration that is already a value. Throws `config-invalid` with every problem. */
export function parseConfig(input: unknown, options: LoadOptions = {}): SluiceConfig {
  const source = options.path ?? 'given';
  if (!isMapping(input))
    throw invalid(source, [{ path: '', message: `must be a mapping, not ${shown(input)}` }]);
  const report: Report = { problems: [], warnings: [] };
  const types = options.types ?? builtInTypes;
  const read = readFields(fields, [...Object.keys(types), 'routes'], input, '', report);
  const overridden = readOverrides(options.env ?? {}, report);
  const instances = {
    traffic: readInstances('traffic', input, types, report),
    metrics: readInstances('metrics', input, types, report),
    workload: { ...impliedWorkload(types), ...readInstances('workload', input, types, report) },
    health: readInstances('health', input, types, report),
    alerts: readInstances('alerts', input, types, report),
    hooks: readInstances('hooks', input, types, report),
    gates: { ...impliedGates(types), ...readInstances('gates', input, types, report) },
    notifiers: readInstances('notifiers', input, types, report),
  };
  const {
    temporal,
    api,
    auth,
    worker,
    events,
    evidence,
    tracing,
    outgoing,
    approvals,
    notifications,
    policies = null,
  } = read;
  // As the file means it, wherever the process was started.
  const beside = (path: string) => resolve(options.path === undefined ? '.' : dirname(options.path), path);
  const receivers = Object.keys(instances.notifiers);
  const routes = readRoutes(ownValue(input, 'routes'), receivers, report);
  if (notifications !== undefined) refuseUnknownChannels(notifications, receivers, report);
  if (
    report.problems.length > 0 ||
    temporal === undefined ||
    api === undefined ||
    auth === undefined ||
    worker === undefined ||
    events === undefined ||
    evidence === undefined ||
    tracing === undefined ||
    outgoing === undefined ||
    approvals === undefined ||
    notifications === undefined
  ) {
    throw invalid(source, report.problems);
  }
  return {
    temporal: { ...temporal, ...overridden.temporal },
    api: { ...api, ...overridden.api },
    auth: withPlaces(auth, beside),
    worker: { ...worker, ...overridden.worker },
    events,
    evidence,
    tracing,
    outgoing,
    approvals,
    policies: policies && beside(policies),
    ...instances,
    routes,
    notifications,
  };
}

function withPlaces(auth: AuthConfig, beside: (path: string) => string): AuthConfig {
  const { tokens, sessions } = auth;
  const folder = sessions?.folder;
  return {
    ...auth,
    ...(tokens === undefined ? {} : { tokens: beside(tokens) }),
    ...(sessions === undefined || folder === undefined
      ? {}
      : { sessions: { ...sessions, folder: beside(folder) } }),
  };
}

function readOverrides(env: Environment, report: Report): { temporal: object; api: object; worker: object } {
  const found = { temporal: {}, api: {}, worker: {} };
  for (const [variable, section, key, schema] of overrides) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const result = check<string | number>(schema, text, variable);
    if (result.ok) Object.assign(found[section], { [key]: result.value });
    else report.problems.push(...result.problems);
  }
  return found;
}

/** Versions that somebody else runs need no settings, and a plan means them by default. */
function impliedWorkload(types: ProviderTypes): Instances {
  const type = types.workload.find((one) => one.type === 'external');
  const settings = type?.settings.safeParse({});
  return settings?.success === true ? { external: { type: 'external', settings: settings.data } } : {};
}

/** Gates that need nothing of the operator. */
function impliedGates(types: ProviderTypes): Instances {
  return Object.fromEntries(
    types.gates.flatMap(({ type, settings }) => {
      const empty = settings.safeParse({});
      return empty.success ? [[type, { type, settings: empty.data }]] : [];
    }),
  );
}

function readInstances(
  role: keyof ProviderTypes,
  input: Mapping,
  types: ProviderTypes,
  report: Report,
): Instances {
  const section = ownValue(input, role) ?? {};
  if (!isMapping(section)) {
    report.problems.push({
      path: role,
      message: `must be a mapping of names to settings, not ${shown(section)}`,
    });
    return {};
  }
  const instances: Record<string, InstanceConfig> = {};
  for (const [name, entry] of Object.entries(section)) {
    const instance = readInstance(
      name,
      entry ?? {},
      joinPath(role, name),
      { role, types: types[role] },
      report,
    );
    if (instance !== undefined) instances[name] = instance;
  }
  return instances;
}

function readInstance(
  name: string,
  entry: unknown,
  path: string,
  { role, types }: { readonly role: keyof ProviderTypes; readonly types: ProviderTypes[keyof ProviderTypes] },
  report: Report,
): InstanceConfig | undefined {
  const named = check(instanceName, name, path);
  if (!named.ok) report.problems.push(...named.problems);
  if (!isMapping(entry)) {
    report.problems.push({ path, message: `must be a mapping of settings, not ${shown(entry)}` });
    return undefined;
  }
  const { type: _type, ...said } = entry;
  const [words, settings] = boundRoles.some((one) => one === role) ? parted(said) : [{}, said];
  const wanted = ownValue(entry, 'type') ?? name;
  const type = types.find((one) => one.type === wanted);
  if (type === undefined) {
    const known = types.map((one) => one.type);
    const where = ownValue(entry, 'type') === undefined ? path : joinPath(path, 'type');
    const hint =
      ownValue(entry, 'type') === undefined ? '; set type to give an instance a name of its own' : '';
    const message = `unknown type ${shown(wanted)}; ${adviceFor(String(wanted), known)}${hint}`;
    report.problems.push({ path: where, message });
    return undefined;
  }
  const bounds = check(boundsSchema, words, path);
  if (!bounds.ok) report.problems.push(...bounds.problems);
  else if (bounds.value.places !== undefined && !('naming' in type)) {
    const message =
      'is for instances whose plans name objects of a cluster; `environments` says whose plans may use this one';
    report.problems.push({ path: joinPath(path, 'places'), message });
  }
  const result = check(type.settings, settings, path);
  if (!result.ok) report.problems.push(...result.problems);
  if (!result.ok || !bounds.ok || !named.ok) return undefined;
  const read = { type: type.type, settings: result.value };
  return Object.keys(bounds.value).length === 0 ? read : { ...read, bounds: bounds.value };
}

/** What is said of the plans that may use it, and what is the provider's. */
function parted(said: Mapping): readonly [Mapping, Mapping] {
  const isBound = ([key]: readonly [string, unknown]) => Object.hasOwn(boundFields, key);
  const all = Object.entries(said);
  return [
    Object.fromEntries(all.filter(isBound)),
    Object.fromEntries(all.filter((entry) => !isBound(entry))),
  ];
}

function invalid(source: string, problems: readonly Problem[]): SluiceError {
  const listed = problems
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
  return new SluiceError('config-invalid', `The configuration (${source}) is not valid: ${listed}`, {
    problems,
  });
}
