/** The providers that the operator configured, by instance name: made when first asked for, and kept. */
import { presets } from '../domain/analysis/presets.ts';
import { messageOf, SluiceError } from '../domain/errors.ts';
import { adviceFor } from '../domain/nearest.ts';
import { jsonSchemaOf } from '../domain/plan/json-schema.ts';
import type { CatalogueInstance, PlanCatalogue } from '../domain/plan/schema.ts';
import type { Bounds } from '../domain/policy/bounds.ts';
import type { AlertsProvider } from './alerts/types.ts';
import { boundsOf } from './bounds.ts';
import { builtInTypes, type ProviderTypes } from './built-in.ts';
import type { Instances, SluiceConfig } from './config.ts';
import type { Gate } from './gates/types.ts';
import type { HealthProvider, HealthProviderType } from './health/types.ts';
import type { Hook } from './hooks/types.ts';
import type { MetricsProvider } from './metrics/types.ts';
import type { Notifier } from './notifiers/types.ts';
import type { TrafficProvider } from './traffic/types.ts';
import type { WorkloadProvider } from './workload/types.ts';

/** One configured instance, as the API and people see it; without its settings, which may name secrets' places. */
interface InstanceDescription {
  readonly name: string;
  readonly type: string;
  readonly summary: string;
  /** JSON Schema of what a plan may set. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A type alias, so that it also is a record of JSON values. */
type RegistryDescription = {
  readonly traffic: readonly InstanceDescription[];
  readonly metrics: readonly InstanceDescription[];
  readonly workload: readonly InstanceDescription[];
  readonly health: readonly InstanceDescription[];
  readonly alerts: readonly InstanceDescription[];
  readonly hooks: readonly InstanceDescription[];
  readonly gates: readonly InstanceDescription[];
  readonly notifiers: readonly InstanceDescription[];
  /** Ready-made checks that any plan may name. */
  readonly presets: readonly { readonly name: string; readonly summary: string }[];
};

export interface ProviderRegistry {
  /** The instance of that name. Each throws `provider-unknown`, or what the provider throws when made. */
  traffic(name: string): TrafficProvider;
  metrics(name: string): MetricsProvider;
  workload(name: string): WorkloadProvider;
  health(name: string): HealthProvider;
  alerts(name: string): AlertsProvider;
  hook(name: string): Hook;
  gate(name: string): { readonly gate: Gate; readonly intervalMs: number };
  notifier(name: string): Notifier;
  /** What plans are parsed with. */
  readonly catalogue: PlanCatalogue;
  /** What the operator gives whose plans of each instance. */
  readonly bounds: Bounds;
  describe(): RegistryDescription;
  /** Closes every provider that was made. Throws the first failure after all have been tried. */
  close(): Promise<void>;
}

type ConfiguredInstances = Pick<SluiceConfig, keyof ProviderTypes> &
  Partial<Pick<SluiceConfig, 'notifications'>>;

/** Time between two looks of a gate that says nothing of its own. */
const gateIntervalMs = 10_000;

/** Throws `config-invalid` if an instance names a type that does not exist; `loadConfig` has told so before. */
export function createRegistry(
  config: ConfiguredInstances,
  types: ProviderTypes = builtInTypes,
): ProviderRegistry {
  const traffic = createRole('traffic', config.traffic, types.traffic);
  const metrics = createRole('metrics', config.metrics, types.metrics);
  const workload = createRole('workload', config.workload, types.workload);
  const health = createRole('health', config.health, types.health);
  const alerts = createRole('alerts', config.alerts, types.alerts);
  const hooks = createRole('hooks', config.hooks, types.hooks);
  const gates = createRole('gates', config.gates, types.gates);
  const notifiers = createRole('notifiers', config.notifiers, types.notifiers);
  const typeOf = (name: string) => types.gates.find(({ type }) => type === config.gates[name]?.type);
  return {
    traffic: traffic.get,
    metrics: metrics.get,
    workload: workload.get,
    health: health.get,
    alerts: alerts.get,
    hook: hooks.get,
    gate: (name) => ({ gate: gates.get(name), intervalMs: typeOf(name)?.intervalMs ?? gateIntervalMs }),
    notifier: notifiers.get,
    bounds: boundsOf(config, types),
    catalogue: {
      traffic: traffic.catalogue,
      metrics: metrics.catalogue,
      workload: workload.catalogue,
      health: reaches(config.health, types.health),
      alerts: alerts.catalogue,
      hooks: config.hooks,
      ...(Object.keys(config.notifiers).length === 0
        ? {}
        : { channels: config.notifications?.planChannels ?? [] }),
      gates: Object.fromEntries(
        Object.keys(config.gates).flatMap((name) => {
          const type = typeOf(name);
          return type === undefined ? [] : [[name, type]];
        }),
      ),
    },
    describe: () => ({
      traffic: traffic.describe(),
      metrics: metrics.describe(),
      workload: workload.describe(),
      health: health.describe(),
      alerts: alerts.describe(),
      hooks: hooks.describe(),
      gates: gates.describe(),
      notifiers: notifiers.describe(),
      presets: Object.values(presets).map(({ name, summary }) => ({ name, summary })),
    }),
    async close() {
      const closings: readonly Closable[] = [
        ...traffic.takeAll(),
        ...metrics.takeAll(),
        ...workload.takeAll(),
        ...health.takeAll(),
        ...alerts.takeAll(),
        ...hooks.takeAll(),
        ...gates.takeAll(),
        ...notifiers.takeAll(),
      ];
      const results = await Promise.allSettled(closings.map((provider) => provider.close()));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed === undefined) return;
      throw new SluiceError('internal', `A provider could not be closed: ${messageOf(failed.reason)}`, {
        cause: failed.reason,
      });
    },
  };
}

/** Of a probe, a plan has to know what it reaches, not how. */
function reaches(instances: Instances, types: readonly HealthProviderType[]): PlanCatalogue['health'] {
  return Object.fromEntries(
    Object.entries(instances).map(([name, { type, settings }]) => [
      name,
      { reachesArm: types.find((one) => one.type === type)?.reachesArm(settings) ?? false },
    ]),
  );
}

interface Closable {
  close(): Promise<void>;
}

interface TypeOf<P> extends CatalogueInstance {
  readonly type: string;
  readonly summary: string;
  create(settings: Record<string, unknown>): P;
}

interface Role<P> {
  get(name: string): P;
  readonly catalogue: Readonly<Record<string, CatalogueInstance>>;
  describe(): readonly InstanceDescription[];
  /** Hands over and forgets every provider that was made. */
  takeAll(): readonly P[];
}

function createRole<P extends Closable>(
  role: string,
  instances: Instances,
  types: readonly TypeOf<P>[],
): Role<P> {
  const configured = new Map(
    Object.entries(instances).map(([name, { type, settings }]) => [
      name,
      { name, type: typeNamed(role, name, type, types), settings },
    ]),
  );
  const made = new Map<string, P>();
  return {
    get(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const instance = configured.get(name);
      if (instance === undefined) {
        const advice = adviceFor(name, [...configured.keys()]);
        throw new SluiceError('provider-unknown', `There is no ${role} provider "${name}"; ${advice}.`);
      }
      const provider = instance.type.create(instance.settings);
      made.set(name, provider);
      return provider;
    },
    catalogue: Object.fromEntries([...configured].map(([name, { type }]) => [name, type])),
    describe: () =>
      [...configured.values()].map(({ name, type }) => ({
        name,
        type: type.type,
        summary: type.summary,
        options: jsonSchemaOf(type.options),
      })),
    takeAll() {
      const all = [...made.values()];
      made.clear();
      return all;
    },
  };
}

function typeNamed<P>(role: string, name: string, type: string, types: readonly TypeOf<P>[]): TypeOf<P> {
  const found = types.find((one) => one.type === type);
  if (found !== undefined) return found;
  const known = types.map((one) => one.type);
  throw new SluiceError(
    'config-invalid',
    `${role}.${name}: unknown type "${type}"; ${adviceFor(type, known)}.`,
  );
}
