/**
 * The plans of `examples/plans` against a test cluster: their objects, and what their users would be measured to do.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parsePlan } from '../../../src/domain/plan/schema.ts';
import { readMapping } from '../../../src/domain/plan/text.ts';
import type { Plan } from '../../../src/domain/plan/types.ts';
import { loadConfig, type SluiceConfig } from '../../../src/providers/config.ts';
import type { MemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { createRegistry, type ProviderRegistry } from '../../../src/providers/registry.ts';
import { deployment, service } from './manifests.ts';

const folder = resolve(import.meta.dirname, '../../../examples/plans');

/** The providers that `sluice.yaml` names, for this cluster. */
export async function registryFor(kubeconfig: string, leaseNamespace: string): Promise<ProviderRegistry> {
  const config = await loadConfig({ path: join(folder, 'sluice.yaml'), env: {} });
  const here = (instances: SluiceConfig['traffic']) =>
    Object.fromEntries(
      Object.entries(instances).map(([name, { type, settings }]) => {
        const isKube = type !== 'external';
        return [name, { type, settings: isKube ? { ...settings, kubeconfig, leaseNamespace } : settings }];
      }),
    );
  return createRegistry({ ...config, traffic: here(config.traffic), workload: here(config.workload) });
}

/** The plan as it stands, but for its namespace, and with a drain that tests need not wait for. */
export function examplePlan(file: string, namespace: string, { catalogue }: ProviderRegistry): Plan {
  const read = readMapping(readFileSync(join(folder, `${file}.yaml`), 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { traffic, workload } = read.value;
  const there = {
    ...read.value,
    traffic: { ...options(traffic), namespace },
    workload: { ...options(workload), namespace, drain: '100ms' },
  };
  const result = parsePlan(there, catalogue);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function options(choice: unknown): object {
  return typeof choice === 'object' && choice !== null ? choice : { provider: choice };
}

/** What the team of the service has in its namespace before the first rollout. */
export function objectsFor({ service: name, traffic, workload }: Plan, namespace: string): object[] {
  const container = typeof workload.options.container === 'string' ? workload.options.container : 'app';
  const made = deployment({ namespace, name, image: `registry.test/${name}:v1`, replicas: 4 });
  const text = JSON.stringify(made).replaceAll('"name":"app"', `"name":"${container}"`);
  return [JSON.parse(text) as object, service(namespace, name), routeOf(traffic.name, name, namespace)];
}

function routeOf(type: string, name: string, namespace: string): object {
  const metadata = { namespace, name };
  if (type === 'nginx') {
    const backend = { service: { name, port: { number: 80 } } };
    const paths = [{ path: '/', pathType: 'Prefix', backend }];
    const spec = { ingressClassName: 'nginx', rules: [{ host: `${name}.test`, http: { paths } }] };
    return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
  }
  if (type === 'istio') {
    const http = [{ route: [{ destination: { host: name, port: { number: 80 } } }] }];
    const spec = { hosts: [`${name}.test`], http };
    return { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec };
  }
  const rules = [{ backendRefs: [{ name, port: 80 }] }];
  const spec = { parentRefs: [{ name: 'edge' }], hostnames: [`${name}.test`], rules };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata, spec };
}

const perSecond = 50;
const usualFailures = 0.0002;
const isCounter = /^[a-z_]+\{[^}]*\}$/;
const isBad = /status=~|decision="ERROR"|failed_total/;

/** Canary and stable are as good as each other. What is set afterwards wins. */
export function serveWell(metrics: MemoryMetrics): void {
  metrics.clear();
  metrics.set(/./, 0);
  metrics.set(
    isCounter,
    (atMs, query) => (atMs / 1000) * perSecond * (isBad.test(query) ? usualFailures : 1),
  );
  metrics.set(/^(sum\(increase|[\d.]+ \* \(\(sum\(increase)/, 5_000);
  metrics.set(/^sum\(rate\(http_requests_total\{[^}]*\}\[[^\]]*\]\)\) \/ [\d.]+$/, 200);
  metrics.set(/^histogram_quantile/, 0.12);
  metrics.set(/^100 \* \(1 - /, 100);
  metrics.set(/audit_events_total/, 100);
  metrics.set(/container_(cpu|memory)/, 40);
}

/** From the first time that it is asked for, this part of the counted requests fails. */
export function failRequests(
  metrics: MemoryMetrics,
  isMeant: (query: string) => boolean,
  share: number,
): void {
  let beganMs: number | undefined;
  metrics.set(
    (query) => isCounter.test(query) && isBad.test(query) && isMeant(query),
    (atMs) => {
      beganMs ??= atMs;
      // A counter goes on from where it was.
      return (perSecond / 1000) * (beganMs * usualFailures + Math.max(0, atMs - beganMs) * share);
    },
  );
}
