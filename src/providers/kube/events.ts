/**
 * Events on the objects that Sluice touches, for people who look with kubectl. They are hints: written in the
 * background, a few at a time, and given up quietly when the API server does not want them.
 */
import { createHash } from 'node:crypto';
import { within } from '../limit.ts';
import type { KubeClient } from './client.ts';
import { isProblem } from './errors.ts';
import { event as eventKind } from './kinds.ts';
import { apiVersionOf, type KubeKind, type KubeObject, type KubeRef } from './types.ts';

/** Which object an Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Without it kubectl describe does not find the Event. */
  readonly uid?: string;
}

export interface Note {
  readonly type: 'Normal' | 'Warning';
  /** In one word, such as `CanaryShifted`. */
  readonly reason: string;
  readonly message: string;
}

/** Who lags behind by more has more to do than to write Events. */
const mostWaiting = 2_000;
const atOnce = 2;
const limitMs = 3_000;
const settleMs = 2_000;

export class KubeEvents {
  private readonly client: KubeClient;
  /** Who speaks, such as `sluice-guard`. */
  private readonly component: string;
  private readonly calm: () => Promise<unknown>;
  private readonly waiting: (() => Promise<void>)[] = [];
  private readonly running = new Set<Promise<void>>();

  /** `calm` resolves when nothing more urgent is under way; it is asked before each Event. */
  constructor(client: KubeClient, component: string, calm: () => Promise<unknown> = async () => {}) {
    this.client = client;
    this.component = component;
    this.calm = calm;
  }

  /** The same note on the same object is one Event that counts. */
  note(regarding: Regarding, note: Note): void {
    if (this.waiting.length >= mostWaiting) return;
    this.waiting.push(() => this.write(regarding, note, new Date().toISOString()));
    if (this.running.size >= atOnce) return;
    const work = this.work().finally(() => this.running.delete(work));
    this.running.add(work);
  }

  /** Waits a while for those that are on their way. */
  async settled(): Promise<void> {
    await within(settleMs, () => Promise.all(this.running)).catch(() => {});
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await this.calm();
      await next().catch(() => {});
    }
  }

  private async write(regarding: Regarding, note: Note, at: string): Promise<void> {
    const ref = refOf(regarding, note, this.component);
    const signal = AbortSignal.timeout(limitMs);
    try {
      await this.client.create(ref, this.objectOf(ref, regarding, note, at), signal);
    } catch (error) {
      if (!isProblem(error, 'exists')) throw error;
      await this.again(ref, await this.client.get(ref, signal), at, signal);
    }
  }

  private async again(ref: KubeRef, { count }: KubeObject, at: string, signal: AbortSignal): Promise<void> {
    const times = typeof count === 'number' ? count + 1 : 2;
    await this.client.patch(ref, { count: times, lastTimestamp: at }, signal);
  }

  private objectOf(ref: KubeRef, regarding: Regarding, { type, reason, message }: Note, at: string): object {
    return {
      metadata: {
        name: ref.name,
        namespace: ref.namespace,
        labels: { 'app.kubernetes.io/managed-by': 'sluice' },
      },
      involvedObject: regarding,
      ...{ type, reason, message, count: 1, firstTimestamp: at, lastTimestamp: at },
      source: { component: this.component },
      reportingComponent: this.component,
      reportingInstance: this.component,
    };
  }
}

export function regardingOf({ group, version, kind }: KubeKind, object: KubeObject): Regarding {
  const { name, namespace = 'default', uid } = object.metadata;
  const apiVersion = apiVersionOf({ group, version, kind, resource: '' });
  return { apiVersion, kind, name, namespace, ...(uid === undefined ? {} : { uid }) };
}

/** One name for one thing said of one object, so that saying it again finds what was said before. */
function refOf(regarding: Regarding, { type, reason, message }: Note, component: string): KubeRef {
  const said = JSON.stringify([regarding, type, reason, message, component]);
  const hash = createHash('sha256').update(said).digest('hex').slice(0, 16);
  const name = `${regarding.name.slice(0, 200)}.${hash}`;
  return { kind: eventKind, namespace: regarding.namespace, name };
}
