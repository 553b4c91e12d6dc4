/**
 * How every kind of Kubernetes route behaves towards those it belongs to: their fields, edits, rights and deletions.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SluiceError } from '../../../src/domain/errors.ts';
import { joined } from '../../../src/providers/kube/rights.ts';
import { rbacObjects } from '../../../src/providers/rbac.ts';
import { type KubeRouteType, kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import type { Route, TrafficProvider, TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { routeSettings } from '../../support/kube/access.ts';
import { grant, revoke } from '../../support/kube/account.ts';
import { kubeconfigOf } from '../../support/kube/credentials.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { waitFor } from '../../support/wait-for.ts';

interface ForeignCase {
  readonly type: KubeRouteType;
  /** What a plan says beside the name. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What the target's owners have made. */
  objects(namespace: string, target: string): readonly object[];
  /** Waits for what controllers write on those objects by themselves; default: they write nothing. */
  readonly whole?: (namespace: string) => Promise<void>;
  /** Kinds of objects of which none may be left, changed or missing at the end, as kubectl calls them. */
  readonly kinds: readonly string[];
  /** The owner's object that the route is. */
  readonly route: string;
  /** Somebody else's edit that gives the canary another share: the object, and a JSON Patch. */
  readonly drift: { readonly object: string; readonly patch: readonly object[] };
  /** Shares that the route can give; default: a half, and half a percent. */
  readonly shares?: readonly [number, number];
  /** Whether stages may match on a header; default: they may. */
  readonly matches?: false;
  /** An object of these kinds that passes with the canary, and is not compared. */
  readonly passing?: string;
  /** What belongs to the route beside it, and may be deleted by somebody under a canary. */
  readonly beside?: string;
  /** Ends the canary's pods, where the route waits for that before it is left. */
  readonly endCanary?: (namespace: string, target: string) => Promise<void>;
}

const account = 'sluice-worker';

/** False: to be tried again. */
function isChangedAgain(error: unknown): false {
  if (error instanceof SluiceError && error.message.includes('changed again and again')) return false;
  throw error;
}

export function foreignSuite(name: string, given: ForeignCase): void {
  describe(`a route of others: ${name}`, () => {
    const cluster = sharedCluster();
    const target: TrafficTarget = { id: 'test/shop', options: given.options ?? {} };
    const [more, less] = given.shares ?? [50, 0.5];
    const folder = mkdtempSync(join(tmpdir(), 'sluice-foreign-'));
    const open: TrafficProvider[] = [];
    let namespace = '';
    let provider: TrafficProvider;
    let epoch = 100;

    beforeAll(async () => {
      await cluster.kubectl(['version']);
    });
    beforeEach(async () => {
      namespace = await cluster.makeNamespace('foreign');
      await cluster.apply(...given.objects(namespace, target.id));
      await given.whole?.(namespace);
      provider = await providerAs(rbacFor());
      epoch += 10;
    });
    afterAll(async () => {
      await Promise.all(open.map((one) => one.close()));
      rmSync(folder, { recursive: true, force: true });
    });

    /** The worker's rights, as the type asks for them unless others are given. */
    function rbacFor(rights = kubeTrafficType(given.type).rights ?? {}): readonly object[] {
      const places = { leaseNamespace: namespace, namespaces: [namespace] };
      return rbacObjects({ rights: joined([rights]), roles: ['worker'], ...places });
    }

    /** A provider whose account has these rights and no others. */
    async function providerAs(objects: readonly object[]): Promise<TrafficProvider> {
      await grant(cluster, { namespace, name: account }, objects);
      const token = await cluster.tokenOf(namespace, account);
      const kubeconfig = join(folder, `${namespace}-${open.length}`);
      writeFileSync(kubeconfig, kubeconfigOf(cluster.serverUrl, cluster.caData, token), { mode: 0o600 });
      const made = kubeTrafficType(given.type).create({ ...routeSettings(cluster, namespace), kubeconfig });
      open.push(made);
      return made;
    }

    async function canary(route: Route): Promise<void> {
      await provider.prepare(target, epoch);
      await provider.setRoute(target, route, epoch);
      await provider.renew(target, epoch, Date.now() + 60_000);
    }
    const half: Route = { weightPercent: more, match: null };
    const settled = () => expect.poll(async () => (await provider.read(target)).behind).toBeUndefined();
    async function leave(): Promise<void> {
      await provider.restore(target, epoch);
      await provider.setStable(target, 'blue', epoch);
      await given.endCanary?.(namespace, target.id);
      await expect.poll(() => provider.leave?.(target, epoch).then(() => 'left', String)).toBe('left');
    }
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'no error',
        (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
      );
    const everything = () => snapshot(given, namespace);

    it('leaves every object as it was found, with its owners, and none of its own', async () => {
      const before = await everything();
      await canary(half);
      expect(await everything()).not.toEqual(before);
      if (given.matches !== false) {
        const match = { header: 'x-tester', value: 'yes' };
        await provider.setRoute(target, { weightPercent: less, match }, epoch);
        expect(await provider.read(target)).toMatchObject({ weightPercent: less, match });
      }
      await leave();
      expect(await everything()).toEqual(before);
    });

    it('leaves it as it was found after a promotion that has come home', async () => {
      const before = await everything();
      await canary(half);
      await provider.setStable(target, 'green', epoch);
      expect(await provider.read(target)).toMatchObject({ stableSlot: 'green', weightPercent: 0 });
      await leave();
      expect(await everything()).toEqual(before);
    });

    it('is kept from another target that names it too, and free when it was left', async () => {
      await canary(half);
      const other: TrafficTarget = { ...target, id: 'prod/shop' };
      await expect(provider.prepare(other, epoch)).rejects.toThrow(/rollout of test\/shop/);
      await provider.restore(other, epoch);
      expect(await provider.read(target)).toMatchObject({ weightPercent: more, stopped: false });
      await leave();
      await provider.prepare(other, epoch);
    });

    it('comes home though another owner was written on it under a canary', async () => {
      await canary(half);
      const noted = [...new Set([given.route, given.drift.object])];
      const owner = 'sluice.dev/target=prod/other';
      await cluster.kubectl(['annotate', '-n', namespace, ...noted, owner, '--overwrite']);
      expect(await provider.read(target)).toMatchObject({ ...half, stopped: false });
      await provider.restore(target, epoch);
      await settled();
      expect(await provider.read(target)).toMatchObject({ weightPercent: 0, stopped: true });
      const text = await cluster.kubectl(['get', '-n', namespace, given.drift.object, '-o', 'json']);
      expect(text).toContain(target.id);
      await leave();
    });

    it('keeps what others write while it writes', async () => {
      await canary(half);
      const edited = [...new Set([given.route, given.drift.object])];
      const edits = (async () => {
        for (let edit = 1; edit <= 10; edit++) {
          const note = `example.com/edit=${edit}`;
          await cluster.kubectl(['annotate', '-n', namespace, ...edited, note, '--overwrite']);
        }
      })();
      for (let round = 1; round <= 6; round++) {
        const route = { weightPercent: round % 2 === 0 ? more : 0, match: null };
        // Whoever writes too often in between has the provider give up for now; its caller tries again.
        const written = () => provider.setRoute(target, route, epoch).then(() => true, isChangedAgain);
        await waitFor('the route to be written', written);
      }
      await edits;
      await provider.setRoute(target, half, epoch);
      expect(await provider.read(target)).toMatchObject(half);
      await leave();
      const text = JSON.stringify(await everything());
      expect(text).toContain('"example.com/edit":"10"');
      expect(text).not.toContain('sluice');
    });

    it('tells who moved its share away, and puts it back', async () => {
      await canary(half);
      const { object, patch } = given.drift;
      const args = ['--type=json', '--field-manager=argocd', '-p', JSON.stringify(patch)];
      await cluster.kubectl(['patch', '-n', namespace, object, ...args]);
      const drifted = await provider.read(target);
      expect(drifted.weightPercent).not.toBeCloseTo(more, 2);
      expect(drifted.writer).toBe('argocd');
      await provider.renew(target, epoch, Date.now() + 60_000);
      expect(await provider.read(target)).toMatchObject(half);
      expect((await provider.read(target)).writer).toBeUndefined();
    });

    it('does nothing at all with an account that may only look', async () => {
      const before = await everything();
      const { worker = [] } = kubeTrafficType(given.type).rights ?? {};
      const look = worker.map((right) => ({ ...right, verbs: ['get', 'list'] as const }));
      await revoke(cluster, { namespace, name: account }, rbacFor());
      const looking = await providerAs(rbacFor({ worker: look }));
      expect(await codeOf(looking.prepare(target, epoch))).toBe('cluster-forbidden');
      expect(await everything()).toEqual(before);
      expect(await cluster.kubectl(['get', 'lease', '-n', namespace, '-o', 'name'])).toBe('');
    });

    it('is home when its route was deleted under a canary, and says so before each step on', async () => {
      await canary(half);
      await cluster.kubectl(['delete', '-n', namespace, given.route, '--wait']);
      expect(await codeOf(provider.read(target))).toBe('traffic-unready');
      expect(await codeOf(provider.setRoute(target, half, epoch))).toBe('traffic-unready');
      expect(await codeOf(provider.setStable(target, 'green', epoch))).toBe('traffic-unready');
      await provider.restore(target, epoch);
      await provider.setStable(target, 'blue', epoch);
      await settled();
      expect(await provider.read(target)).toMatchObject({
        weightPercent: 0,
        stopped: true,
        stableSlot: 'blue',
      });
      await leave();
      expect(await codeOf(provider.prepare(target, epoch + 1))).toBe('traffic-unready');
    });

    const { beside } = given;
    if (beside !== undefined)
      it(`comes home though ${beside} was deleted under a canary`, async () => {
        await canary(half);
        await cluster.kubectl(['delete', '-n', namespace, beside, '--wait']);
        await provider.restore(target, epoch);
        await settled();
        const home = { weightPercent: 0, stopped: true, stableSlot: 'blue' };
        expect(await provider.read(target)).toMatchObject(home);
        await leave();
        expect(JSON.stringify(await everything())).not.toContain('sluice');
      });

    it('takes a route up that was made anew under a canary', async () => {
      await canary(half);
      await cluster.kubectl(['delete', '-n', namespace, given.route, '--wait']);
      await cluster.apply(...given.objects(namespace, target.id));
      const renewed = async () => {
        await provider.renew(target, epoch, Date.now() + 60_000);
        return await provider.read(target);
      };
      // What belonged to the deleted one may still be there, and be collected under a renewal's hands.
      await expect.poll(renewed).toMatchObject(half);
      await leave();
    });
  });

  async function snapshot({ kinds, passing }: ForeignCase, namespace: string): Promise<unknown> {
    const args = ['get', kinds.join(','), '-n', namespace, '-o', 'json', '--show-managed-fields'];
    const { items } = listed.parse(JSON.parse(await sharedCluster().kubectl(args)));
    const lasting = items.filter(({ metadata }) => passing === undefined || metadata.name !== passing);
    return lasting.map(({ status: _status, metadata, ...object }) => {
      const { resourceVersion: _version, generation: _generation, managedFields = [], ...rest } = metadata;
      const owners = managedFields
        .filter(({ subresource }) => subresource === undefined)
        .map(({ time: _time, ...owner }) => JSON.stringify(owner, sorted))
        .toSorted();
      return { ...object, metadata: { ...rest, owners } };
    });
  }
}

const listed = z.object({
  items: z.array(
    z.looseObject({
      status: z.unknown().optional(),
      metadata: z.looseObject({
        managedFields: z.array(z.looseObject({ subresource: z.string().optional() })).optional(),
      }),
    }),
  ),
});

/** Objects with their keys in order, so that equal ones are equal as text. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)));
}
