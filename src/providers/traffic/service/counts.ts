/** Which shares numbers of pods can give, and how many pods give a share. */
import { SluiceError } from '../../../domain/errors.ts';
import type { roundings } from './options.ts';

export type Rounding = (typeof roundings)[number];

/** Plans cannot write a third of a hundred; this is still taken for the share of one pod out of three. */
const nearEnough = 0.5;

/** Percent, each by one pod more; with one pod it is all or nothing. */
export function reachableShares(total: number): readonly number[] {
  return Array.from({ length: total + 1 }, (_, pods) => (pods / total) * 100);
}

/** How many pods of `total` give the share. Errors: `traffic-unready`, naming the shares that can be given. */
export function podsFor(percent: number, total: number, rounding: Rounding): number {
  if (percent <= 0) return 0;
  if (percent >= 100) return total;
  // Some, but not all: at least one pod of each version.
  const pods = Math.min(Math.max(Math.round((percent / 100) * total), 1), total - 1);
  if (total > 1 && (rounding === 'nearest' || isReached(percent, pods, total))) return pods;
  throw new SluiceError('traffic-unready', unreachable(percent, total));
}

function unreachable(percent: number, total: number): string {
  const all = reachableShares(total).map((share) => `${Math.round(share * 100) / 100}`);
  const few = all.length > 12 ? [...all.slice(0, 4), '…', ...all.slice(-3)] : all;
  const what = `${total} ${total === 1 ? 'replica' : 'replicas'} cannot give ${percent} %, only ${few.join(', ')} %`;
  return `${what}; change the stages or the replicas, or set \`rounding: nearest\`.`;
}

function isReached(percent: number, pods: number, total: number): boolean {
  return Math.abs((pods / total) * 100 - percent) <= nearEnough;
}
