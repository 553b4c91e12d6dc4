/**
 * Made-up users of services whose pods do not really run: requests are shared as the HTTPRoute of each service says at
 * the time, and a version whose name says that it is bad fails a third of them. A page of metrics tells, as services
 * would.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { KubeAccess } from '../access.ts';
import { services } from './objects.ts';

const tickMs = 500;
const perSecond = 200;
const failing = 1 / 3;

const deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }),
      }),
    }),
  ),
});
const route = z.object({
  spec: z.object({
    rules: z.array(
      z.object({ backendRefs: z.array(z.object({ name: z.string(), weight: z.number().default(1) })) }),
    ),
  }),
});

interface Users {
  /** Of the page. */
  readonly url: string;
  stop(): void;
}

export async function startUsers(cluster: KubeAccess): Promise<Users> {
  const counters = new Map<string, number>();
  const add = (labels: string, count: number) => counters.set(labels, (counters.get(labels) ?? 0) + count);
  const page = () =>
    [...counters].map(([labels, count]) => `http_requests_total{${labels}} ${count}\n`).join('');
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(page());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let stopped = false;
  const tick = async () => {
    const versions = await versionsIn(cluster);
    for (const name of services) await ask(cluster, name, versions, add);
  };
  const loop = async () => {
    while (!stopped) {
      // A cluster that is busy just has no users for a moment.
      await tick().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  };
  void loop();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    stop() {
      stopped = true;
      server.closeAllConnections();
      server.close();
    },
  };
}

/** By the Deployment, which is called like its Service. */
async function versionsIn(cluster: KubeAccess): Promise<ReadonlyMap<string, string>> {
  const { body } = await cluster.rest('GET', '/apis/apps/v1/namespaces/demo/deployments');
  const { items } = deployments.parse(body);
  return new Map(
    items.map(({ metadata, spec }) => [
      metadata.name,
      spec.template.spec.containers[0]?.image.split(':')[1] ?? '',
    ]),
  );
}

async function ask(
  cluster: KubeAccess,
  name: string,
  versions: ReadonlyMap<string, string>,
  add: (labels: string, count: number) => void,
): Promise<void> {
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/demo/httproutes/${name}`;
  const { spec } = route.parse((await cluster.rest('GET', path)).body);
  const backends = spec.rules[0]?.backendRefs ?? [];
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  for (const { name: backend, weight } of backends) {
    const version = versions.get(backend);
    if (version === undefined || total === 0) continue;
    const count = Math.round((perSecond * tickMs * weight) / (1000 * total));
    const bad = version.includes('bad') ? Math.round(count * failing) : 0;
    add(`service="${name}",version="${version}",status="200"`, count - bad);
    add(`service="${name}",version="${version}",status="500"`, bad);
  }
}
