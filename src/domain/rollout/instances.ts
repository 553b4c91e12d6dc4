/** What runs the two versions, such as pods, as the provider of the workload tells it: for people to see. */

export interface Instance {
  /** By which people find it where it runs. */
  readonly name: string;
  /** Null: not known. */
  readonly version: string | null;
  /** Whether it can take traffic, as far as the workload knows. */
  readonly ready: boolean;
  /** What is wrong with it, or worth knowing; null: nothing. */
  readonly note: string | null;
}

/** All of one slot. */
export interface SlotInstances {
  /** How many there should be. */
  readonly wanted: number;
  readonly instances: readonly Instance[];
}

/** Those of one version, small enough for each heartbeat. */
export interface ArmInstances {
  readonly wanted: number;
  readonly total: number;
  readonly ready: number;
  /** Those that are not ready before the others, ten at most. */
  readonly shown: readonly Instance[];
}

export interface SeenInstances {
  readonly canary: ArmInstances;
  readonly stable: ArmInstances;
  readonly atMs: number;
}

export const mostShown = 10;
const longestNote = 200;

export function armInstancesOf({ wanted, instances }: SlotInstances): ArmInstances {
  const worstFirst = instances.toSorted(
    (a, b) => Number(a.ready) - Number(b.ready) || a.name.localeCompare(b.name),
  );
  return {
    wanted,
    total: instances.length,
    ready: instances.filter(({ ready }) => ready).length,
    shown: worstFirst.slice(0, mostShown).map((one) => ({ ...one, note: shortened(one.note) })),
  };
}

/** With so many of each version at most. */
export function withFewer({ canary, stable, atMs }: SeenInstances, most: number): SeenInstances {
  const fewer = (arm: ArmInstances) => ({ ...arm, shown: arm.shown.slice(0, most) });
  return { canary: fewer(canary), stable: fewer(stable), atMs };
}

function shortened(note: string | null): string | null {
  return note === null || note.length <= longestNote ? note : `${note.slice(0, longestNote)}…`;
}
