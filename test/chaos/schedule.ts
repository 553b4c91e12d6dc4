/** What is done to the stack in one run, and when: all from the seed. */
import type { PartName } from '../support/parts.ts';
import { Random } from './random.ts';

/** What may be hit. The stable version of the shop is left alone, so that users' errors have a cause that is known. */
export type Victim = Exclude<PartName, 'load generator'> | 'canary';

export interface Fault {
  /** After the rollout's start. */
  readonly atMs: number;
  readonly victim: Victim;
  /** `kill`: SIGKILL, and a new process after `forMs`. `freeze`: SIGSTOP, and SIGCONT after `forMs`. */
  readonly kind: 'kill' | 'freeze';
  readonly forMs: number;
}

export type OrderName = 'pause' | 'resume' | 'promote' | 'rollback';

/** A command that a person gives through the API. */
interface Order {
  readonly atMs: number;
  readonly name: OrderName;
  readonly full: boolean;
}

/** How the plan of the run goes back. */
export type Way = 'immediate' | 'gradual' | 'phased' | 'blue-green';

export interface Schedule {
  readonly seed: number;
  readonly run: number;
  /** Never used before in this stack, so that whatever users met of it belongs to this run. */
  readonly version: string;
  readonly good: boolean;
  /** Short: most outages outlive it. Long: others take over, and the rollout goes on. */
  readonly leaseTtlMs: number;
  readonly faults: readonly Fault[];
  readonly orders: readonly Order[];
  readonly way: Way;
}

/** Parts on which the promises hang are hit more often. */
const victims: Readonly<Record<Victim, number>> = {
  worker: 4,
  Temporal: 4,
  HAProxy: 3,
  canary: 2,
  API: 2,
  Prometheus: 1,
};

const ways: Readonly<Record<Way, number>> = { immediate: 3, gradual: 2, phased: 2, 'blue-green': 1 };

const orderNames: Readonly<Record<OrderName, number>> = { pause: 3, resume: 1, promote: 2, rollback: 3 };

export function scheduleOf(seed: number, run: number): Schedule {
  const random = new Random(seed, run);
  const good = random.chance(0.6);
  const leaseTtlMs = random.chance(0.5) ? 3_000 : 8_000;
  // A good version takes about ten seconds, a bad one is taken back after about four.
  const spanMs = good ? 9_000 : 5_000;
  const faultCount = random.between(1, 4);
  const orderCount = random.chance(0.5) ? random.between(1, 3) : 0;
  const faults = Array.from({ length: faultCount }, () => faultOf(random, spanMs));
  const orders = Array.from({ length: orderCount }, () => orderOf(random, spanMs));
  const version = `s${seed}-r${run}${good ? '' : '-errors-40'}`;
  const way = random.pick(ways);
  return { seed, run, version, good, leaseTtlMs, faults: byTime(faults), orders: byTime(orders), way };
}

function faultOf(random: Random, spanMs: number): Fault {
  const victim = random.pick(victims);
  const kind = random.chance(0.5) ? 'kill' : 'freeze';
  const atMs = random.between(0, spanMs);
  // Half of them are over before a short lease is, half are not.
  const forMs = random.chance(0.5) ? random.between(100, 2_500) : random.between(3_500, 8_000);
  return { atMs, victim, kind, forMs };
}

function orderOf(random: Random, spanMs: number): Order {
  const name = random.pick(orderNames);
  return { atMs: random.between(300, spanMs), name, full: name === 'promote' && random.chance(0.2) };
}

function byTime<T extends { readonly atMs: number }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => a.atMs - b.atMs);
}
