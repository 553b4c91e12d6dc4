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
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
    }),
  ),
});
type Role = z.infer<typeof role>;

function rolesIn(objects: readonly object[]): Role[] {
  return objects.flatMap((object) => role.safeParse(object).data ?? []);
}

/** All that the Roles among the objects allow. */
export function grainsOf(objects: readonly object[]): Grain[] {
  return rolesIn(objects).flatMap(({ metadata: { namespace }, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ namespace, group, resource, verb }))),
      ),
    ),
  );
}

export class Account {
  /** With the token of the account, by a way of its own. */
  readonly kubeconfig: string;
  readonly door: Door;
  readonly grains: readonly Grain[];
  private readonly cluster: KubeAccess;
  private readonly roles: readonly Role[];
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
    this.roles = rolesIn(objects);
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
    const named = { namespace: options.leaseNamespace, name: `sluice-${part}` };
    const user = await grant(cluster, named, objects);
    const token = await cluster.tokenOf(named.namespace, named.name);
    return new Account(cluster, user, objects, token, await openDoor(cluster));
  }

  /** Runs `work` while the account lacks one right. */
  async without(grain: Grain, work: () => Promise<void>): Promise<void> {
    const roles = this.roles.filter(({ metadata }) => metadata.namespace === grain.namespace);
    await Promise.all(roles.map((one) => this.write(lacking(one, grain))));
    try {
      await this.untilAllowed(grain, false);
      await work();
    } finally {
      await Promise.all(roles.map((one) => this.write(one)));
      await this.untilAllowed(grain, true);
    }
  }

  async close(): Promise<void> {
    await this.door.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async write({ metadata, rules }: Role): Promise<void> {
    const { namespace, name } = metadata;
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/${name}`;
    const { status, body } = await this.cluster.rest('PATCH', path, { rules });
    if (status !== 200) throw new Error(`role ${name}: ${JSON.stringify(body)}`);
  }

  private untilAllowed(grain: Grain, wanted: boolean): Promise<void> {
    return untilAllowed(this.cluster, this.user, grain, wanted);
  }
}

/** The authorizer learns of a change some milliseconds later. */
async function untilAllowed(
  cluster: KubeAccess,
  user: string,
  { namespace, group, resource, verb }: Grain,
  wanted: boolean,
): Promise<void> {
  const [name, subresource] = resource.split('/');
  const spec = {
    user,
    groups: ['system:serviceaccounts', 'system:authenticated'],
    resourceAttributes: { namespace, group, resource: name, verb, ...(subresource ? { subresource } : {}) },
  };
  await waitFor(`${verb} ${resource} to be ${wanted ? 'allowed' : 'refused'}`, async () => {
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { body } = await cluster.rest('POST', path, { spec });
    return review.parse(body).status.allowed === wanted;
  });
}

/** Makes an account and its rights, and waits until they count; its user's name. */
export async function grant(
  cluster: KubeAccess,
  account: ServiceAccount,
  objects: readonly object[],
): Promise<string> {
  await cluster.apply(...objects);
  const user = userOf(account);
  await Promise.all(grainsOf(objects).map((grain) => untilAllowed(cluster, user, grain, true)));
  return user;
}

/** Deletes all Roles of a namespace, and waits until the account may do nothing there that the objects gave it. */
export async function revoke(
  cluster: KubeAccess,
  account: ServiceAccount,
  objects: readonly object[],
): Promise<void> {
  await cluster.kubectl(['delete', '-n', account.namespace, 'role,rolebinding', '--all']);
  const user = userOf(account);
  await Promise.all(grainsOf(objects).map((grain) => untilAllowed(cluster, user, grain, false)));
}

interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

function userOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

const review = z.object({ status: z.object({ allowed: z.boolean() }) });

function lacking({ rules, ...rest }: Role, grain: Grain): Role {
  const left = rules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.map((resource) => ({
      apiGroups,
      resources: [resource],
      verbs: verbs.filter(
        (verb) => !(verb === grain.verb && resource === grain.resource && apiGroups.includes(grain.group)),
      ),
    })),
  );
  return { ...rest, rules: left.filter(({ verbs }) => verbs.length > 0) };
}
