/** HTTPRoutes as somebody outside sees them: by a watch of its own, which is no load however often it is asked. */
import { KubeClient } from '../../src/providers/kube/client.ts';
import { connect } from '../../src/providers/kube/connection.ts';
import { httpRoute } from '../../src/providers/kube/kinds.ts';
import type { KubeObject } from '../../src/providers/kube/types.ts';
import { watchKind } from '../../src/providers/kube/watch.ts';
import { httpRoute as routeNamed, shareIn } from '../../test/support/kube/http-routes.ts';
import type { Sweep } from './planes.ts';

interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
}

const limitMs = 30_000;

export async function makeRoutes(place: Place, services: readonly string[]): Promise<void> {
  const { namespace } = place;
  const client = new KubeClient(connect(place), limitMs);
  const make = (service: string) =>
    client.create({ kind: httpRoute, namespace, name: service }, routeNamed(namespace, service));
  await Promise.all(services.map(make));
  client.close();
}

export class RouteSight implements Sweep {
  /** The API server tells by itself. */
  readonly longestGapMs = 0;
  private readonly shares = new Map<string, number>();
  private readonly stopper = new AbortController();
  private readonly client: KubeClient;
  private onZero: (service: string) => void = () => {};

  constructor(place: Place) {
    this.client = new KubeClient(connect(place), limitMs);
    const handlers = {
      onList: (objects: readonly KubeObject[]) => {
        for (const object of objects) this.take(object);
      },
      onChange: (_: unknown, object: KubeObject) => this.take(object),
      onTrouble: (error: unknown) => void process.stderr.write(`the routes are out of sight: ${error}\n`),
    };
    void watchKind(
      this.client,
      { kind: httpRoute, namespace: place.namespace },
      handlers,
      this.stopper.signal,
    );
  }

  shareOf(service: string): number {
    return this.shares.get(service) ?? 0;
  }

  firstSeen(targets: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const seenAtMs = new Map<string, number>();
    return new Promise((resolve) => {
      this.onZero = (service) => {
        const target = `bench/${service}`;
        if (targets.has(target) && !seenAtMs.has(target)) seenAtMs.set(target, performance.now());
        if (seenAtMs.size === targets.size) resolve(seenAtMs);
      };
    });
  }

  close(): void {
    this.stopper.abort();
    this.client.close();
  }

  private take(object: KubeObject): void {
    const { name } = object.metadata;
    const share = shareIn(object);
    this.shares.set(name, share);
    if (share === 0) this.onZero(name);
  }
}
