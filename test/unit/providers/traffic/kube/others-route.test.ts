/** A route that two targets name: one of them has it, and for the other there is none, whatever it is asked to do. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../../src/providers/kube/client.ts';
import {
  type JsonPatch,
  type KubeObject,
  type KubeRef,
  pointer,
} from '../../../../../src/providers/kube/types.ts';
import { gatewayRoute } from '../../../../../src/providers/traffic/gateway-api/kind.ts';
import { noteNames } from '../../../../../src/providers/traffic/kube/notes.ts';
import { ObjectRoute } from '../../../../../src/providers/traffic/kube/object-route.ts';
import { NoRoute, type RoutePlace } from '../../../../../src/providers/traffic/kube/route.ts';
import { applied } from '../../../../support/json-patch.ts';

const place = (target: string): RoutePlace => ({
  ...{ target, service: 'shop', namespace: 'apps' },
  options: { route: 'shop', stable: 'shop' },
});
const [prod, staging] = [place('prod/shop'), place('staging/shop')];
const wanted = { stableSlot: 'blue', canaryPercent: 5, match: null, mark: '7/lives' } as const;

const ownerPath = pointer('metadata', 'annotations', noteNames.target);

let object: KubeObject;
let writes = 0;
const client = {
  get: async (_ref: KubeRef) => object,
  patch: async (_ref: KubeRef, steps: JsonPatch) => {
    writes += 1;
    object = applied(object, steps);
    return object;
  },
} as unknown as KubeClient;
const route = new ObjectRoute(client, gatewayRoute);

beforeEach(() => {
  writes = 0;
  object = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop', namespace: 'apps', resourceVersion: '1' },
    spec: { rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }] },
  };
});

describe('a route that a rollout of one target has', () => {
  it('is none for another target, which is told whose it is, and what to do', async () => {
    await route.write(prod, await route.read(prod), wanted);
    await expect(route.read(staging)).rejects.toBeInstanceOf(NoRoute);
    await expect(route.read(staging)).rejects.toThrow(
      /HTTPRoute shop is in the hands of the rollout of prod\/shop; wait for its end, or name another/,
    );
    await expect(route.read(prod)).resolves.toMatchObject({ shares: { green: 5 } });
  });

  it('stays its own when somebody writes another name on it, and comes home', async () => {
    await route.write(prod, await route.read(prod), wanted);
    object = applied(object, [{ op: 'add', path: ownerPath, value: 'staging/shop' }]);
    const seen = await route.read(prod);
    expect(seen).toMatchObject({ shares: { green: 5 }, mark: '7/lives' });
    await expect(route.read(staging)).rejects.toThrow(/in the hands of the rollout of prod\/shop/);
    const home = await route.write(prod, seen, { ...wanted, canaryPercent: 0, mark: '7/none' });
    expect(home).toMatchObject({ shares: { green: 0 }, mark: '7/none' });
    expect(object.metadata.annotations?.[noteNames.target]).toBe('prod/shop');
  });

  it('is not given back by another target, and is free once its own has left it', async () => {
    await route.write(prod, await route.read(prod), wanted);
    const before = writes;
    await route.leave(staging, async () => 'blue');
    expect(writes).toBe(before);
    await route.leave(prod, async () => 'blue');
    expect(object.metadata.annotations).toBeUndefined();
    await expect(route.read(staging)).resolves.toMatchObject({ shares: { green: 0 } });
  });
});
