/**
 * Which of several guards acts: the one that holds the Lease `sluice-guard`. Time is taken by each guard's own steady
 * clock. Its requests, one a second, also show whether the API server answers, and its renewals that watches live.
 */
import type { KubeClient } from '../providers/kube/client.ts';
import { isProblem, KubeError } from '../providers/kube/errors.ts';
import { lease as leaseKind } from '../providers/kube/kinds.ts';
import type { KubeObject, KubeRef } from '../providers/kube/types.ts';
import { limitOf } from '../providers/limit.ts';
import { Nap } from './nap.ts';

const electionLease = 'sluice-guard';

const everyMs = 1_000;
const retryMs = 250;
const answerMs = 1_500;
/** The holder acts no longer than this after it began its last renewal. */
const holdsMs = 3_000;
/** A Lease that was not renewed for so long is free: longer than its holder acts. */
const freeAfterMs = 4_000;

interface ElectionOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Must differ between guards, and between two lives of one. */
  readonly identity: string;
  /** Steady milliseconds. */
  readonly now: () => number;
  readonly onLead: () => void;
  readonly onLost: () => void;
  /** The API server has answered, be it by a refusal. */
  readonly onAnswer: () => void;
  readonly onTrouble: (error: unknown) => void;
}

export class Election {
  private readonly options: ElectionOptions;
  private readonly ref: KubeRef;
  /** The Lease as it was seen last, and since when it has been so. */
  private seen: { readonly object: KubeObject; readonly sinceMs: number } | null = null;
  private holdsUntilMs = Number.NEGATIVE_INFINITY;
  private wasLeading = false;
  private readonly nap = new Nap();

  constructor(options: ElectionOptions) {
    this.options = options;
    this.ref = { kind: leaseKind, namespace: options.namespace, name: electionLease };
  }

  leads(): boolean {
    return this.options.now() < this.holdsUntilMs;
  }

  /** Stands for election until `signal` aborts, then gives the Lease up. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const inMs = await this.round(signal);
      this.tell();
      await this.nap.sleep(inMs, signal);
    }
    await this.release();
  }

  /** The Lease as a watch saw it; one that was given up is taken at once. */
  saw(object: KubeObject): void {
    // What a holder is told of its own renewals may be older than what it knows.
    if (object.metadata.name !== electionLease || this.isOwn()) return;
    this.note(object);
    if (holderOf(object) === '') this.nap.end();
  }

  private async round(signal: AbortSignal): Promise<number> {
    const limit = limitOf(answerMs, signal);
    try {
      await this.stand(limit.signal);
      this.options.onAnswer();
      return this.leads() ? everyMs : Math.min(everyMs, this.freeInMs());
    } catch (error) {
      if (signal.aborted) return 0;
      const refused = error instanceof KubeError && error.status > 0 && error.problem !== 'unavailable';
      if (refused) this.options.onAnswer();
      this.options.onTrouble(error);
      return refused ? everyMs : retryMs;
    } finally {
      limit.clear();
    }
  }

  private async stand(signal: AbortSignal): Promise<void> {
    const { client } = this.options;
    const isOwn = this.isOwn();
    if (!isOwn) {
      const found = await client.find(this.ref, signal);
      if (found === null) return await this.take(null, signal);
      this.note(found);
    }
    if (isOwn || this.freeInMs() <= 0) await this.take(this.seen?.object ?? null, signal);
  }

  /** Takes the Lease, or renews it; that somebody else was quicker is no error. */
  private async take(from: KubeObject | null, signal: AbortSignal): Promise<void> {
    const { client, namespace, identity, now } = this.options;
    const beganMs = now();
    const spec = specOf(from, identity);
    try {
      const object =
        from === null
          ? await client.create(this.ref, { metadata: metadataOf(namespace), spec }, signal)
          : await client.patch(
              this.ref,
              { metadata: { resourceVersion: from.metadata.resourceVersion }, spec },
              signal,
            );
      this.note(object);
      this.holdsUntilMs = beganMs + holdsMs;
    } catch (error) {
      if (!isProblem(error, 'conflict', 'exists', 'not-found')) throw error;
      this.seen = null;
      this.holdsUntilMs = Number.NEGATIVE_INFINITY;
    }
  }

  private isOwn(): boolean {
    return this.seen !== null && holderOf(this.seen.object) === this.options.identity;
  }

  private note(object: KubeObject): void {
    const before = this.seen?.object.metadata.resourceVersion;
    if (object.metadata.resourceVersion === before) return;
    this.seen = { object, sinceMs: this.options.now() };
  }

  /** Until nobody holds the Lease any more, as far as is known. */
  private freeInMs(): number {
    if (this.seen === null) return everyMs;
    const { object, sinceMs } = this.seen;
    return holderOf(object) === '' ? 0 : sinceMs + freeAfterMs - this.options.now();
  }

  private tell(): void {
    const leads = this.leads();
    if (leads === this.wasLeading) return;
    this.wasLeading = leads;
    if (leads) this.options.onLead();
    else this.options.onLost();
  }

  /** So that the next one need not wait until it is free. */
  private async release(): Promise<void> {
    const { client, identity } = this.options;
    const object = this.seen?.object;
    this.holdsUntilMs = Number.NEGATIVE_INFINITY;
    this.tell();
    if (object === undefined || holderOf(object) !== identity) return;
    const patch = {
      metadata: { resourceVersion: object.metadata.resourceVersion },
      spec: { holderIdentity: '', renewTime: microTime() },
    };
    await client.patch(this.ref, patch, AbortSignal.timeout(answerMs)).catch(() => {});
  }
}

function metadataOf(namespace: string): object {
  return { name: electionLease, namespace, labels: { 'app.kubernetes.io/managed-by': 'sluice' } };
}

function specOf(from: KubeObject | null, identity: string): object {
  const renewTime = microTime();
  const renewed = { holderIdentity: identity, renewTime, leaseDurationSeconds: freeAfterMs / 1_000 };
  if (from !== null && holderOf(from) === identity) return renewed;
  const { leaseTransitions } = (from?.spec ?? {}) as { leaseTransitions?: unknown };
  const transitions = typeof leaseTransitions === 'number' ? leaseTransitions + 1 : 0;
  return { ...renewed, acquireTime: renewTime, leaseTransitions: transitions };
}

function holderOf({ spec }: KubeObject): string {
  const { holderIdentity } = (spec ?? {}) as { holderIdentity?: unknown };
  return typeof holderIdentity === 'string' ? holderIdentity : '';
}

function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
