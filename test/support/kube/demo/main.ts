/**
 * `npm run demo:kube`: a cluster, three services of which one gets a good version and one a bad one, told step by step
 * with the objects as kubectl shows them. It ends by itself and leaves nothing running.
 */
import { once } from 'node:events';
import { startCluster } from '../cluster.ts';
import { namespaces, objects, planOf, services } from './objects.ts';
import { type DemoParts, startParts } from './parts.ts';
import { createScreen } from './screen.ts';
import { tellRollout } from './story.ts';
import { startUsers } from './users.ts';

const screen = createScreen();
let failed = false;
const demo = run();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal).then(() => 130));
const code = await Promise.race([demo, ...signals]);
// What was started ends with the process at the latest: each part dies at its exit, and the watchdog sees to the rest.
process.exit(code);

async function run(): Promise<number> {
  screen.step(
    'a Kubernetes control plane: etcd, API server, controllers, scheduler, and a node without a kubelet',
  );
  const cluster = await startCluster();
  let parts: DemoParts | undefined;
  let users: Awaited<ReturnType<typeof startUsers>> | undefined;
  try {
    await cluster.apply(...namespaces());
    await cluster.apply(...objects());
    for (const name of services) {
      await cluster.kubectl(['rollout', 'status', '-n', 'demo', `deployment/${name}`, '--timeout=60s']);
    }
    users = await startUsers(cluster);
    screen.step('Temporal, and of Sluice a worker, the API and the guard');
    parts = await startParts(cluster, users.url);
    const show = (...args: readonly string[]) => screen.kubectl(cluster, args);
    screen.step('three services, each a Deployment, a Service and an HTTPRoute');
    await show('get', 'deployments,services,httproutes', '-n', 'demo');

    const found = await specs(cluster);
    screen.step('shop gets v2, which is good: 10 %, 50 %, everybody');
    failed = (await tellRollout(parts, screen, cluster, planOf('shop', 'v2'))) !== 'promoted' || failed;
    screen.step('cart gets v2, which fails a third of its requests');
    failed =
      (await tellRollout(parts, screen, cluster, planOf('cart', 'v2-bad'))) !== 'rolled-back' || failed;

    screen.step(
      'what is left: shop in v2, cart as it was, search untouched, and nothing of Sluice on any of them',
    );
    await show('get', 'deployments,services,httproutes', '-n', 'demo', '-o', 'wide');
    await show('get', 'leases', '-n', 'sluice');
    failed = !wasLeftAlone(found, await specs(cluster)) || failed;
  } catch (error) {
    screen.problem(error, parts?.lastLogs() ?? '');
    failed = true;
  } finally {
    users?.stop();
    await parts?.stop();
    await cluster.stop();
  }
  screen.step(failed ? 'the demo did not go as it should' : 'done; nothing runs any more');
  return failed ? 1 : 0;
}

type Specs = Readonly<Record<string, string>>;

async function specs(cluster: { kubectl(args: readonly string[]): Promise<string> }): Promise<Specs> {
  const args = ['get', 'deployments,services,httproutes', '-n', 'demo', '-o', 'json'];
  const { items } = JSON.parse(await cluster.kubectl(args)) as {
    items: { kind: string; metadata: { name: string }; spec: object }[];
  };
  return Object.fromEntries(
    items.map(({ kind, metadata, spec }) => [`${kind} ${metadata.name}`, JSON.stringify(spec)]),
  );
}

/** All but the version of shop is as it was. */
function wasLeftAlone(before: Specs, after: Specs): boolean {
  const shop = 'Deployment shop';
  const expected = {
    ...before,
    [shop]: before[shop]?.replace('registry.test/shop:v1', 'registry.test/shop:v2'),
  };
  const other = Object.keys({ ...expected, ...after }).filter(
    (name) => expected[name as keyof typeof expected] !== after[name],
  );
  for (const name of other) screen.note(`${name} is not as it should be: ${after[name] ?? 'gone'}`);
  return other.length === 0;
}
