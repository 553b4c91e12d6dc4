/** Sluice's accounts on a test cluster, with the rights that `sluice rbac` prints or with one of them missing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { KubeRole } from '../../../src/providers/kube/rights.ts';
import { type RbacObject, type RbacOptions, rbacObjects } from '../../../src/providers/rbac.ts';
import { waitFor } from '../wait-for.ts';
import type { KubeAccess } from './access.ts';
import { kubeconfigOf } from './credentials.ts';
import { type Door, openDoor } from './door.ts';

/** One verb on one resource, in one namespace. */
export interface Grain {
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

const role = z.object({
  kind: z.literal('Role'),
  metadata: z.object({ namespace: z.string() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
    }),
  ),
});

/** All that the Roles among the objects allow. */
export function grainsOf(objects: readonly object[]): Grain[] {
  return objects.flatMap((object) => {
    const { data } = role.safeParse(object);
    if (data === undefined) return [];
    const { namespace } = data.metadata;
    return data.rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ namespace, group, resource, verb }))),
      ),
    );
  });
}

export class Account {
  /** With the token of the account, by a way of its own. */
  readonly kubeconfig: string;
  readonly door: Door;
  readonly grains: readonly Grain[];
  private readonly cluster: KubeAccess;
  private readonly objects: readonly RbacObject[];
  private readonly user: string;
  private readonly folder: string;

  private constructor(
    cluster: KubeAccess,
    user: string,
    objects: readonly RbacObject[],
    token: string,
    door: Door,
  ) {
    this.cluster = cluster;
    this.door = door;
    this.user = user;
    this.objects = objects;
    this.grains = grainsOf(objects);
    this.folder = mkdtempSync(join(tmpdir(), 'sluice-account-'));
    this.kubeconfig = join(this.folder, 'kubeconfig');
    const config = JSON.parse(kubeconfigOf(door.url, cluster.caData, token));
    // Without it the client library speaks no plain HTTP.
    config.clusters[0].cluster['insecure-skip-tls-verify'] = true;
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }

  static async make(
    cluster: KubeAccess,
    part: KubeRole,
    options: Omit<RbacOptions, 'roles'>,
  ): Promise<Account> {
    const objects = rbacObjects({ ...options, roles: [part] });
    await cluster.apply(...objects);
    const { leaseNamespace } = options;
    const token = await cluster.tokenOf(leaseNamespace, `sluice-${part}`);
    const user = `system:serviceaccount:${leaseNamespace}:sluice-${part}`;
    const account = new Account(cluster, user, objects, token, await openDoor(cluster));
    for (const grain of account.grains) await account.untilAllowed(grain, true);
    return account;
  }

  /** Runs `work` while the account lacks one right. */
  async without(grain: Grain, work: () => Promise<void>): Promise<void> {
    await this.cluster.apply(...this.objects.map((object) => lacking(object, grain)));
    try {
      await this.untilAllowed(grain, false);
      await work();
    } finally {
      await this.cluster.apply(...this.objects);
      await this.untilAllowed(grain, true);
    }
  }

  async close(): Promise<void> {
    await this.door.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The authorizer learns of a change some milliseconds later. */
  private async untilAllowed({ namespace, group, resource, verb }: Grain, wanted: boolean): Promise<void> {
    const [name, subresource] = resource.split('/');
    const spec = {
      user: this.user,
      groups: ['system:serviceaccounts', 'system:authenticated'],
      resourceAttributes: { namespace, group, resource: name, verb, ...(subresource ? { subresource } : {}) },
    };
    await waitFor(`${verb} ${resource} to be ${wanted ? 'allowed' : 'refused'}`, async () => {
      const { body } = await this.cluster.rest('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        spec,
      });
      return review.parse(body).status.allowed === wanted;
    });
  }
}

const review = z.object({ status: z.object({ allowed: z.boolean() }) });

function lacking(object: RbacObject, grain: Grain): object {
  const { data } = role.safeParse(object);
  if (data === undefined || data.metadata.namespace !== grain.namespace) return object;
  const rules = data.rules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.map((resource) => ({
      apiGroups,
      resources: [resource],
      verbs: verbs.filter(
        (verb) => !(verb === grain.verb && resource === grain.resource && apiGroups.includes(grain.group)),
      ),
    })),
  );
  return { ...object, rules: rules.filter(({ verbs }) => verbs.length > 0) };
}
