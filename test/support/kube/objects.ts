/** Where the API server keeps objects of each kind, as it says itself, and what `kubectl apply` would make there. */
import { z } from 'zod';
import { waitFor } from '../wait-for.ts';
import type { Rest } from './rest.ts';

const given = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

const resource = z.object({
  name: z.string(),
  kind: z.string(),
  namespaced: z.boolean(),
  verbs: z.array(z.string()).default([]),
});
const resources = z.object({ resources: z.array(resource) });
type Resource = z.infer<typeof resource>;

const version = z.object({ groupVersion: z.string() });
const groups = z.object({
  groups: z.array(z.object({ preferredVersion: version, versions: z.array(version) })),
});

interface Listed extends Resource {
  readonly base: string;
}

interface Collection {
  readonly resource: string;
  readonly kind: string;
  readonly path: string;
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export class KubeObjects {
  private readonly rest: Rest;
  private readonly paths = new Map<string, Pick<Resource, 'name' | 'namespaced'>>();
  private listed: Promise<readonly Listed[]> | null = null;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  /**
   * Makes an object as `kubectl apply` makes one that is not there yet, at a small part of its cost; false: it is
   * there.
   * @throws Error with the API server's words if it refuses the object.
   */
  async make(object: object): Promise<boolean> {
    const own = given.parse(object);
    const { name, namespace = 'default', annotations } = own.metadata;
    const noted = { ...annotations, [lastApplied]: `${JSON.stringify(own)}\n` };
    const path = await this.collectionOf(own.apiVersion, own.kind, namespace);
    const asked = `${path}?fieldManager=kubectl-client-side-apply&fieldValidation=Strict`;
    const body = { ...own, metadata: { ...own.metadata, annotations: noted } };
    const answer = await this.rest('POST', asked, body);
    if (answer.status === 409) return false;
    if (answer.status !== 201) throw new Error(`${own.kind} ${name}: ${JSON.stringify(answer.body)}`);
    return true;
  }

  /**
   * All that can be listed in a namespace, each kind once: in its group's preferred version, or the next that has it.
   */
  async collections(namespace: string): Promise<readonly Collection[]> {
    this.listed ??= this.findListed();
    return (await this.listed).map(({ base, name, kind }) => ({
      ...{ resource: name, kind },
      path: `${base}/namespaces/${namespace}/${name}`,
    }));
  }

  private async findListed(): Promise<readonly Listed[]> {
    const { body } = await this.rest('GET', '/apis');
    const core = { preferredVersion: { groupVersion: 'v1' }, versions: [] };
    const found = await Promise.all(
      [core, ...groups.parse(body).groups].map(async ({ preferredVersion, versions }) => {
        const inOrder = new Set([preferredVersion, ...versions].map(({ groupVersion }) => groupVersion));
        const each = await Promise.all([...inOrder].map((one) => this.listedIn(one)));
        const all = each.flat();
        return all.filter(({ name }, at) => all.findIndex((one) => one.name === name) === at);
      }),
    );
    return found.flat();
  }

  private async listedIn(groupVersion: string): Promise<Listed[]> {
    const all = await this.resourcesOf(groupVersion);
    return all.filter(isListed).map((one) => ({ ...one, base: baseOf(groupVersion) }));
  }

  private async collectionOf(apiVersion: string, kind: string, namespace: string): Promise<string> {
    const key = `${apiVersion} ${kind}`;
    // What was defined a moment ago is not told of at once.
    const find = async () =>
      (await this.resourcesOf(apiVersion)).find((one) => one.kind === kind && !one.name.includes('/'));
    const { name, namespaced } =
      this.paths.get(key) ?? (await waitFor(`the API server to know ${key}`, find));
    this.paths.set(key, { name, namespaced });
    const base = baseOf(apiVersion);
    return namespaced ? `${base}/namespaces/${namespace}/${name}` : `${base}/${name}`;
  }

  private async resourcesOf(groupVersion: string): Promise<readonly Resource[]> {
    const { status, body } = await this.rest('GET', baseOf(groupVersion));
    return status === 200 ? resources.parse(body).resources : [];
  }
}

function isListed({ name, namespaced, verbs }: Resource): boolean {
  return namespaced && verbs.includes('list') && !name.includes('/');
}

function baseOf(groupVersion: string): string {
  return groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
}
