/** Values of Kubernetes Secrets, of the cluster that Sluice runs in or that its kubeconfig names. */
import { KubeClient } from './client.ts';
import { connect } from './connection.ts';
import { isProblem } from './errors.ts';
import { secret } from './kinds.ts';

interface SecretKey {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly key: string;
}

type Ask = (key: SecretKey) => Promise<string | null>;

const timeoutMs = 5_000;
/** A header is read for every query, and a Secret changes once in months. */
const freshForMs = 30_000;
/** What is not there, or was not answered, may be there in a moment. */
const retryAfterMs = 1_000;

interface Known {
  readonly value: string | null;
  readonly untilMs: number;
}

/** Remembers what it read. An API server that does not answer takes nothing away that was known before. */
export class SecretReader {
  private readonly known = new Map<string, Known>();
  private readonly underWay = new Map<string, Promise<string | null>>();
  private readonly ask: Ask;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  async read(key: SecretKey): Promise<string | null> {
    const place = `${key.namespace ?? ''}/${key.name}/${key.key}`;
    const found = this.known.get(place);
    if (found !== undefined && Date.now() < found.untilMs) return found.value;
    const running = this.underWay.get(place) ?? this.look(place, key);
    this.underWay.set(place, running);
    return await running;
  }

  private async look(place: string, key: SecretKey): Promise<string | null> {
    try {
      const value = await this.ask(key);
      this.keep(place, value, value === null ? retryAfterMs : freshForMs);
      return value;
    } catch (error) {
      const before = isProblem(error, 'forbidden') ? null : (this.known.get(place)?.value ?? null);
      this.keep(place, before, retryAfterMs);
      return before;
    } finally {
      this.underWay.delete(place);
    }
  }

  private keep(place: string, value: string | null, forMs: number): void {
    this.known.set(place, { value, untilMs: Date.now() + forMs });
  }
}

let client: KubeClient | null = null;
const reader = new SecretReader(ask);

/** Null: there is no such Secret or key, it may not be read, or the cluster has never answered. */
export async function readKubeSecret(key: SecretKey): Promise<string | null> {
  return await reader.read(key);
}

async function ask({ namespace, name, key }: SecretKey): Promise<string | null> {
  client ??= new KubeClient(connect({}), timeoutMs);
  const ref = { kind: secret, namespace: namespace ?? client.connection.namespace, name };
  const data = (await client.find(ref))?.data;
  const coded =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[key] : undefined;
  return typeof coded === 'string' ? Buffer.from(coded, 'base64').toString('utf8') : null;
}
