/**
 * Reads and writes the Leases of targets. Each change starts from what was read and fails to nothing if that is not so
 * any more.
 */
import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem, KubeError } from '../../kube/errors.ts';
import { lease } from '../../kube/kinds.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { Lately } from './lately.ts';
import {
  allName,
  allTargets,
  holdersOf,
  holdName,
  type LeaseState,
  labelOf,
  leaseName,
  leasePatch,
  noLease,
  readLease,
  targetLabel,
} from './lease-state.ts';

/** How often a change is tried anew because somebody else was quicker. */
const maxRounds = 8;
/** For so long the stop of everything need not be read again by those who only look. */
const allForMs = 500;
/** And for so long by those who go by what they saw before. */
const allKnownForMs = 8_000;

export interface LeaseSeen extends LeaseState {
  /** The stop of everything is in force. */
  readonly stoppedAll: boolean;
}

export class LeaseStore {
  private readonly client: KubeClient;
  private readonly namespace: string;
  /** Each target's Lease as it was last seen, for changes that need not read it again. */
  private readonly last = new Map<TargetId, KubeObject>();
  private readonly lately = new Lately(() => this.stoppedAll(), allForMs);

  constructor(client: KubeClient, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  /** `null`: no target's, only whether everything is stopped. */
  async read(target: TargetId | null, signal?: AbortSignal): Promise<LeaseSeen> {
    const [own, stoppedAll] = await Promise.all([
      target === null ? null : this.find(target, signal),
      this.stoppedAll(signal),
    ]);
    return { ...readLease(own), stoppedAll };
  }

  /** For who looks again and again and writes nothing by it: the stop of everything may be half a second old. */
  async look(target: TargetId, signal?: AbortSignal): Promise<LeaseSeen> {
    const [own, stoppedAll] = await Promise.all([this.find(target, signal), this.lately.get(signal)]);
    return { ...readLease(own), stoppedAll };
  }

  /** Whether everything is stopped: one question serves all who need no newer answer than of some seconds ago. */
  isAllStopped(signal?: AbortSignal): Promise<boolean> {
    return this.lately.get(signal, allKnownForMs);
  }

  /**
   * Changes the target's Lease from what it says now; made if there is none. `change` may throw, and is asked again
   * when somebody else was quicker. `last`: what was seen last is tried first, which saves a read where anything is to
   * be written.
   */
  async change(
    target: TargetId,
    change: (state: LeaseState) => Partial<LeaseState>,
    signal?: AbortSignal,
    from: 'now' | 'last' = 'now',
  ): Promise<LeaseState> {
    const last = from === 'last' ? this.last.get(target) : undefined;
    if (last !== undefined) {
      const changed = await this.tryChange(target, last, change, signal, true).catch((error: unknown) => {
        if (error instanceof KubeError && error.problem === 'unavailable') throw error;
        return null;
      });
      if (changed !== null) return changed;
    }
    for (let round = 1; round <= maxRounds; round++) {
      const changed = await this.tryChange(target, await this.find(target, signal), change, signal);
      if (changed !== null) return changed;
    }
    throw new SluiceError('traffic-unavailable', `The Lease of ${target} changed again and again.`);
  }

  /** Somebody has written the target's Lease. */
  forget(target: TargetId): void {
    this.last.delete(target);
  }

  /** Null: somebody else was quicker. */
  private async tryChange(
    target: TargetId,
    from: KubeObject | null,
    change: (state: LeaseState) => Partial<LeaseState>,
    signal?: AbortSignal,
    isOld = false,
  ): Promise<LeaseState | null> {
    const before = readLease(from);
    const wanted = change(before);
    // Who tries again gets on to the route, without a write that says the same.
    // By what may be old it is not known that nothing has to be written.
    if (from !== null && isDeepStrictEqual({ ...before, ...wanted }, before)) return isOld ? null : before;
    try {
      const object = await this.write(this.refOf(leaseName(target)), from, wanted, target, signal);
      this.last.set(target, object);
      return readLease(object);
    } catch (error) {
      if (isProblem(error, 'conflict', 'exists', 'not-found')) return null;
      throw error;
    }
  }

  private async stoppedAll(signal?: AbortSignal): Promise<boolean> {
    const all = await this.client.find(this.refOf(allName), signal);
    return all !== null && holdersOf(all).length > 0;
  }

  private async find(target: TargetId, signal?: AbortSignal): Promise<KubeObject | null> {
    const object = await this.client.find(this.refOf(leaseName(target)), signal);
    if (object === null) this.last.delete(target);
    else this.last.set(target, object);
    return object;
  }

  /** One write that starts from nothing read, so that nobody can get in its way. */
  async stop(target: TargetId, atMs: number, signal?: AbortSignal): Promise<void> {
    const stop = { stop: new Date(atMs).toISOString() };
    await this.note(
      target,
      leasePatch(stop).metadata,
      () => ({ ...leasePatch({ ...noLease, ...stop }) }),
      signal,
    );
  }

  /** A stop of everything behind this cluster's routes; each holder has an annotation of its own. */
  async stopAll(holder: string, signal?: AbortSignal): Promise<void> {
    const held = { annotations: { [holdName(holder)]: holder } };
    await this.note(allTargets, held, () => ({ metadata: held, spec: {} }), signal);
  }

  /** Who still holds it. */
  async releaseAll(holder: string, signal?: AbortSignal): Promise<readonly string[]> {
    const ref = this.refOf(allName);
    const letGo = { metadata: { annotations: { [holdName(holder)]: null } } };
    try {
      return holdersOf(await this.client.patch(ref, letGo, signal));
    } catch (error) {
      if (isProblem(error, 'not-found')) return [];
      throw error;
    } finally {
      this.lately.forget();
    }
  }

  /** Writes annotations; the Lease is made if there is none. */
  private async note(
    target: TargetId,
    metadata: object,
    fresh: () => { metadata: object; spec: object },
    signal?: AbortSignal,
  ): Promise<void> {
    const ref = this.refOf(target === allTargets ? allName : leaseName(target));
    try {
      await this.client.patch(ref, { metadata }, signal);
    } catch (error) {
      if (!isProblem(error, 'not-found')) throw error;
      await this.make(ref, fresh(), target, signal).catch(async (raced: unknown) => {
        if (!isProblem(raced, 'exists')) throw raced;
        await this.client.patch(ref, { metadata }, signal);
      });
    } finally {
      if (target === allTargets) this.lately.forget();
    }
  }

  private async write(
    ref: KubeRef,
    seen: KubeObject | null,
    wanted: Partial<LeaseState>,
    target: TargetId,
    signal?: AbortSignal,
  ): Promise<KubeObject> {
    if (seen === null) return await this.make(ref, leasePatch({ ...noLease, ...wanted }), target, signal);
    const { metadata, spec } = leasePatch(wanted);
    const { resourceVersion, managedFields = [] } = seen.metadata;
    // All fields are ours, and the API server's account of who wrote which makes each write dearer: so it begins anew,
    // empty.
    const unaccounted = managedFields.length > 0 ? { managedFields: [{}] } : {};
    const changed = { ...metadata, resourceVersion, ...unaccounted };
    return await this.client.patch(ref, { metadata: changed, spec }, signal);
  }

  private async make(
    ref: KubeRef,
    { metadata, spec }: { metadata: object; spec: object },
    target: TargetId,
    signal?: AbortSignal,
  ): Promise<KubeObject> {
    const labels = {
      'app.kubernetes.io/managed-by': 'sluice',
      [targetLabel]: target === allTargets ? 'all' : labelOf(target),
    };
    const { annotations } = metadata as { annotations: Record<string, string | null> };
    const given = { ...withoutNulls(annotations), [targetLabel]: target };
    const named = { name: ref.name, namespace: ref.namespace, labels, annotations: given };
    return await this.client.create(ref, { metadata: named, spec: withoutNulls(spec) }, signal);
  }

  private refOf(name: string): KubeRef {
    return { kind: lease, namespace: this.namespace, name };
  }
}

function withoutNulls(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
