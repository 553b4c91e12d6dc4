/** Values of Kubernetes Secrets, of the cluster that Sluice runs in or that its kubeconfig names. */
import { KubeClient } from './client.ts';
import { connect } from './connection.ts';
import { secret } from './kinds.ts';

export interface SecretKey {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly key: string;
}

const timeoutMs = 5_000;
/** A header is read for every query, and a Secret changes once in months. */
const freshForMs = 30_000;

const known = new Map<string, { readonly value: string | null; readonly untilMs: number }>();
let client: KubeClient | null = null;

/** Null: there is no such Secret or key, it may not be read, or the cluster does not answer. */
export async function readKubeSecret({ namespace, name, key }: SecretKey): Promise<string | null> {
  const place = `${namespace ?? ''}/${name}/${key}`;
  const found = known.get(place);
  if (found !== undefined && Date.now() < found.untilMs) return found.value;
  const value = await ask({ namespace, name, key }).catch(() => null);
  // What is not there may be there in a moment.
  if (value !== null) known.set(place, { value, untilMs: Date.now() + freshForMs });
  return value;
}

async function ask({ namespace, name, key }: SecretKey): Promise<string | null> {
  client ??= new KubeClient(connect({}), timeoutMs);
  const ref = { kind: secret, namespace: namespace ?? client.connection.namespace, name };
  const data = (await client.find(ref))?.data;
  const coded =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[key] : undefined;
  return typeof coded === 'string' ? Buffer.from(coded, 'base64').toString('utf8') : null;
}
