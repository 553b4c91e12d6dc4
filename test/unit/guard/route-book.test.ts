/** What a guard is told of routes, by watches that lag behind what it does itself. */
import { beforeEach, expect, it } from 'vitest';
import { RouteBook } from '../../../src/guard/route-book.ts';
import type { OnObject } from '../../../src/providers/kube/hub.ts';
import { httpRoute } from '../../../src/providers/kube/kinds.ts';
import type { KubeObject } from '../../../src/providers/kube/types.ts';
import { noLease } from '../../../src/providers/traffic/kube/lease-state.ts';
import type { KubeRoute, RouteSeen } from '../../../src/providers/traffic/kube/route.ts';

const target = 'prod/shop';
const record = { type: 'gateway-api', service: 'shop', namespace: 'apps', options: {} };
const single = {
  refOf: () => ({ kind: httpRoute, namespace: 'apps', name: 'shop' }),
  isWhole: () => true,
  seenIn: ({ metadata }: KubeObject) => ({ version: metadata.resourceVersion }) as RouteSeen,
};
const kinds = new Map([['gateway-api', { single } as unknown as KubeRoute]]);

let told: (string | undefined)[] = [];
let watched: OnObject = () => {};
let book: RouteBook;
beforeEach(() => {
  told = [];
  const hub = {
    follow: (_ref: unknown, onObject: OnObject) => {
      watched = onObject;
      return () => {};
    },
  };
  book = new RouteBook(hub, kinds, (_target, { version }) => void told.push(version));
  book.keep(target, { ...noLease, weightPercent: 50, route: record });
});

const sees = (resourceVersion: string) =>
  watched({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop', resourceVersion },
  });

it('tells nothing of versions before the one in which a route was brought home', () => {
  sees('98');
  book.wasHome(target, '100');
  sees('99');
  sees('100');
  sees('101');
  expect(told).toEqual(['98', '100', '101']);
});

it('tells once more of a version after that, and of no other', () => {
  sees('99');
  book.wasHome(target, '100');
  book.tellLater(target);
  expect(told).toEqual(['99']);
  sees('101');
  book.tellLater(target);
  expect(told).toEqual(['99', '101', '101']);
});

it('tells of all where versions are no numbers', () => {
  book.wasHome(target, 'b');
  sees('a');
  book.tellLater(target);
  expect(told).toEqual(['a']);
});
