/**
 * Instances that differ: pods and hosts have chances of their own, so that a canary on bad ones is no proof against its
 * version. Two corrections follow from the counts of each instance.
 *
 * Scatter: X² over the instances of an arm is k - 1 on average when they are alike, whatever their share; what it has
 * more tells by how much they scatter (method of moments, as DerSimonian and Laird 1986): c, a standard deviation as a
 * part of the mean, over both arms. An arm whose instances count e bad requests each varies 1 + c² e times as much as
 * independent requests would. That is the φ of the quasi-binomial model (McCullagh and Nelder 1989, 4.5), with what a
 * few instances are not able to tell on the careful side.
 *
 * One bad instance: what is left of a canary without its worst instance must speak against it as well.
 */
import type { Counts } from './types.ts';

/** The counts of each instance of both arms. */
export interface InstanceSample {
  readonly canary: readonly Counts[];
  readonly stable: readonly Counts[];
}

/** What the instances say at a look. */
export interface Spread {
  /** φ of the difference between the arms, at least 1. */
  readonly phi: number;
  /** The canary without its worst instance; null: it has but one. */
  readonly rest: Counts | null;
}

/** Standard deviations by which the scatter may be underestimated. */
const caution = 1.5;
/** More (c = 1) is no scatter of good instances but a bad one among them, which says nothing of the others. */
const mostScatter = 1;

interface Arm {
  readonly total: number;
  readonly share: number;
  /** X² over the instances, and what it is on average when they are alike; a single bad request tells nothing. */
  readonly squares: number;
  readonly weight: number;
  /** Requests of an instance, larger ones counting more. */
  readonly each: number;
}

export function spreadOf(instances: InstanceSample): Spread {
  const canary = armOf(instances.canary);
  const stable = armOf(instances.stable);
  const rest = withoutWorst(instances.canary);
  const all = canary.total + stable.total;
  if (canary.total <= 0 || stable.total <= 0) return { phi: 1, rest };
  // Were the canary no worse, it would have stable's share.
  const perRequest = scatterOf(canary, stable) * oddsOf(stable.share);
  // The variance of a difference is mostly that of the smaller arm.
  return { phi: 1 + (perRequest * (canary.each * stable.total + stable.each * canary.total)) / all, rest };
}

function armOf(instances: readonly Counts[]): Arm {
  const some = instances.filter(({ total }) => total > 0);
  const { bad, total } = sumOf(some);
  const share = total > 0 ? bad / total : 0;
  const each = total > 0 ? some.reduce((sum, one) => sum + one.total ** 2, 0) / total : 0;
  const rare = Math.min(bad, total - bad);
  if (some.length < 2 || rare <= 1) return { total, share, each, squares: 0, weight: 0 };
  const squares = some.reduce(
    (sum, one) => sum + (one.bad - one.total * share) ** 2 / (one.total * share * (1 - share)),
    0,
  );
  const telling = 1 - 1 / rare;
  return { total, share, each, squares: telling * squares, weight: telling * (some.length - 1) };
}

/** c² over both arms, no more than is plausible. */
function scatterOf(...arms: readonly Arm[]): number {
  const of = (value: (arm: Arm) => number) => arms.reduce((sum, arm) => sum + value(arm), 0);
  const weight = of((arm) => arm.weight);
  // Of k equal instances, k - 1 are what tells.
  const room = of((arm) => (arm.weight > 0 ? oddsOf(arm.share) * (arm.total - arm.each) : 0));
  if (room <= 0) return 0;
  const squares = of((arm) => arm.squares) * (1 + caution * Math.sqrt(2 / weight));
  return Math.min(mostScatter, Math.max(0, squares - weight) / room);
}

function withoutWorst(instances: readonly Counts[]): Counts | null {
  const some = instances.filter(({ total }) => total > 0);
  if (some.length < 2) return null;
  const { bad, total } = sumOf(some);
  const excess = (one: Counts) => one.bad - (one.total * bad) / total;
  const worst = some.reduce((most, one) => (excess(one) > excess(most) ? one : most));
  return { bad: bad - worst.bad, total: total - worst.total };
}

function sumOf(instances: readonly Counts[]): Counts {
  return instances.reduce((sum, { bad, total }) => ({ bad: sum.bad + bad, total: sum.total + total }), {
    bad: 0,
    total: 0,
  });
}

function oddsOf(share: number): number {
  return share < 1 ? share / (1 - share) : 0;
}
