/** What each instance of both arms has counted in a stage: kept small, whatever comes and goes. */
import type { Counts, InstanceSample } from './sequential/index.ts';

/** Counts by instance, under short names of theirs. */
type ByInstance = Readonly<Record<string, Counts>>;

export interface Instances {
  readonly canary: ByInstance;
  readonly stable: ByInstance;
}

/** What one instance counted since the anchor of the last look, and since that of the next. */
export interface InstanceCounts {
  /** As the source calls it. */
  readonly name: string;
  readonly since: Counts;
  readonly sinceNext: Counts;
}

export interface InstanceReading {
  readonly canary: readonly InstanceCounts[];
  readonly stable: readonly InstanceCounts[];
}

/**
 * Of one arm; what comes later is counted with one that is there, which makes differences look smaller but not vanish.
 */
const mostKept = 24;

export const noInstances: Instances = { canary: {}, stable: {} };

/** The counts of the whole stage until now. */
export function seenWith(known: Instances, reading: InstanceReading): InstanceSample {
  const all = (arm: 'canary' | 'stable') =>
    Object.values(added(known[arm], reading[arm], ({ since }) => since));
  return { canary: all('canary'), stable: all('stable') };
}

/** Those up to the next anchor, to be kept: what comes after it is read again. */
export function settledWith(known: Instances, reading: InstanceReading): Instances {
  const settled = ({ since, sinceNext }: InstanceCounts) => ({
    bad: Math.max(0, since.bad - sinceNext.bad),
    total: Math.max(0, since.total - sinceNext.total),
  });
  return {
    canary: added(known.canary, reading.canary, settled),
    stable: added(known.stable, reading.stable, settled),
  };
}

function added(
  known: ByInstance,
  reading: readonly InstanceCounts[],
  of: (one: InstanceCounts) => Counts,
): ByInstance {
  const sums = new Map(Object.entries(known));
  for (const one of reading) {
    const { bad, total } = of(one);
    if (total <= 0) continue;
    const key = placeOf(one.name, sums);
    const before = sums.get(key) ?? { bad: 0, total: 0 };
    sums.set(key, { bad: before.bad + bad, total: before.total + total });
  }
  return Object.fromEntries(sums);
}

function placeOf(name: string, known: ReadonlyMap<string, Counts>): string {
  const hash = hashOf(name);
  const key = hash.toString(36);
  if (known.has(key) || known.size < mostKept) return key;
  const keys = [...known.keys()].sort();
  return keys[hash % keys.length] ?? key;
}

/** FNV-1a: names of pods are long, and records are kept by the hundred. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const sign of name) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
