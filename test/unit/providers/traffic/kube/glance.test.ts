/** What a glance costs the API server, and what it must not miss by costing little. */
import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KubeClient } from '../../../../../src/providers/kube/client.ts';
import { KubeHub } from '../../../../../src/providers/kube/hub.ts';
import { lease } from '../../../../../src/providers/kube/kinds.ts';
import { KubeTraffic } from '../../../../../src/providers/traffic/kube/kube-traffic.ts';
import { allName, holdName } from '../../../../../src/providers/traffic/kube/lease-state.ts';
import { LeaseStore } from '../../../../../src/providers/traffic/kube/lease-store.ts';
import type { KubeRoute } from '../../../../../src/providers/traffic/kube/route.ts';

/** Tells of every change, of which there is none here. */
class LiveHub extends KubeHub {
  override follow(): () => void {
    return () => {};
  }
  override isLive(): boolean {
    return true;
  }
}

const targets = Array.from({ length: 250 }, (_, index) => ({ id: `test/shop-${index}`, options: {} }));
const [first, second] = [
  { id: 'test/shop-0', options: {} },
  { id: 'test/shop-1', options: {} },
];
const unasked = async () => {
  throw new Error('nothing is written here');
};

let asked: string[] = [];
let holders: string[] = [];
/** An API server that knows of no Lease but the one that stops everything. */
const server = createServer(({ url = '' }, response) => {
  const name = url.slice(url.lastIndexOf('/') + 1);
  asked.push(name);
  const annotations = Object.fromEntries(holders.map((holder) => [holdName(holder), holder]));
  response.statusCode = name === allName && holders.length > 0 ? 200 : 404;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ kind: lease.kind, metadata: { name, annotations }, spec: {} }));
});

let traffic: KubeTraffic;
let laterMs = 0;
const stopper = new AbortController();
setMaxListeners(targets.length, stopper.signal);

beforeEach(async () => {
  asked = [];
  holders = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = {
    ...{ server: new URL(`http://127.0.0.1:${port}`), namespace: 'test' },
    ...{ options: async () => ({ host: '127.0.0.1', port }), refused: () => {}, close: () => {} },
  };
  const client = new KubeClient(connection, 60_000);
  const route: KubeRoute = {
    read: async () => {
      asked.push('route');
      const home = { shares: { blue: 100, green: 0 }, match: null, mark: '0/none', before: null };
      return { ...home, observed: true, otherWriter: null };
    },
    write: unasked,
    leave: unasked,
    single: {
      refOf: ({ service }) => ({ kind: lease, namespace: 'test', name: service }),
      isWhole: () => true,
      seenIn: () => {
        throw new Error('nothing is told here');
      },
    },
  };
  traffic = new KubeTraffic({
    ...{ type: 'gateway-api', client, matchHeader: '*', namespace: 'test', route },
    ...{ store: new LeaseStore(client, 'test'), hub: new LiveHub(client) },
  });
  for (const target of targets) void traffic.changes(target, () => {}, stopper.signal);
  // It stands still but for what the test says: on a slow machine a second goes by between two looks.
  const nowMs = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs + laterMs);
});
afterEach(async () => {
  vi.restoreAllMocks();
  stopper.abort();
  await traffic.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('reads the stop of everything once for all, at eight seconds, also where routes are believed for twenty', async () => {
  for (const target of [first, second]) await traffic.glance(target);
  asked = [];
  laterMs = 7_000;
  for (const target of [first, second]) await traffic.glance(target);
  expect(asked).toEqual([]);
  laterMs = 9_000;
  for (const target of [first, second]) expect((await traffic.glance(target)).stopped).toBe(false);
  expect(asked).toEqual([allName]);
  holders = ['incident-7'];
  laterMs = 18_000;
  for (const target of [first, second]) expect((await traffic.glance(target)).stopped).toBe(true);
});
