/** Asks each data plane and metrics source one small thing that changes nothing, to learn whether it answers. */
import { messageOf } from '../domain/errors.ts';
import type { SluiceConfig } from './config.ts';
import { within } from './limit.ts';
import type { MetricsProvider } from './metrics/types.ts';
import { createRegistry, type ProviderRegistry } from './registry.ts';
import type { TrafficProvider } from './traffic/types.ts';

interface Reach {
  /** As in the configuration, such as `traffic.haproxy`. */
  readonly path: string;
  readonly type: string;
  /** Null: it answers. */
  readonly problem: string | null;
}

type Asking = Pick<SluiceConfig, 'traffic' | 'metrics'>;
type Ask = (signal: AbortSignal) => Promise<unknown>;

/**
 * What cannot be asked so is left out: what it costs to ask a webhook, nobody knows. Never rejects for one that does
 * not answer.
 */
export async function reachOf(config: SluiceConfig, withinMs = 5_000): Promise<readonly Reach[]> {
  const registry = createRegistry(config);
  try {
    const asked = questions(config, registry).map(async ({ path, type, ask }) => {
      const problem = await within(withinMs, ask).then(() => null, messageOf);
      return { path, type, problem };
    });
    return await Promise.all(asked);
  } finally {
    await registry.close();
  }
}

function questions({ traffic, metrics }: Asking, registry: ProviderRegistry) {
  return [
    ...Object.entries(traffic).flatMap(([name, { type }]) => {
      const ask = made(() => trafficQuestion(registry.traffic(name)));
      return ask === null ? [] : [{ path: `traffic.${name}`, type, ask }];
    }),
    ...Object.entries(metrics).flatMap(([name, { type }]) => {
      const query = queries[type];
      if (query === undefined) return [];
      const ask = made(() => metricsQuestion(registry.metrics(name), query));
      return ask === null ? [] : [{ path: `metrics.${name}`, type, ask }];
    }),
  ];
}

/** One that cannot even be made, for want of a kubeconfig say, is one that does not answer. */
function made(make: () => Ask | null): Ask | null {
  try {
    return make();
  } catch (error) {
    return () => Promise.reject(error);
  }
}

function trafficQuestion(provider: TrafficProvider): Ask | null {
  if (provider.asked) return async (signal) => await provider.asked?.('*', signal);
  return provider.clock ? async (signal) => await provider.clock?.(signal) : null;
}

/** By type: what costs the source next to nothing. */
const queries: Readonly<Record<string, string>> = { prometheus: 'vector(1)', scrape: 'up' };

function metricsQuestion(provider: MetricsProvider, query: string): Ask {
  return (signal) => provider.instant(query, { signal });
}
