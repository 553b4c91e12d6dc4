/**
 * What must hold after every run, judged from what users, HAProxy and the callers saw, and from the rollout's own
 * account.
 */
import type { Sample } from '../../src/demo/load-stats.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { otherSlot } from '../../src/domain/rollout/types.ts';
import type { Count } from './haproxy-meter.ts';
import type { OrderRecord } from './orders.ts';
import { type LiveBounds, leaseMayLive, type Outage } from './outages.ts';
import type { Schedule } from './schedule.ts';

export interface Evidence {
  readonly schedule: Schedule;
  /** The version that took all traffic before the run. */
  readonly stableVersion: string;
  /** The last account of the rollout; null: none could be had. */
  readonly status: RolloutStatus | null;
  readonly temporalStatus: string;
  readonly outages: readonly Outage[];
  readonly orders: readonly OrderRecord[];
  /** Every request sent from the start of the run until the traffic after its end was seen. */
  readonly samples: readonly Sample[];
  readonly counts: readonly Count[];
  readonly bounds: LiveBounds;
}

export interface Violation {
  readonly rule:
    | 'lease'
    | 'restored'
    | 'express'
    | 'ends'
    | 'share'
    | 'acknowledged'
    | 'bad-promoted'
    | 'unharmed';
  readonly text: string;
}

/** Fewer answers than this say nothing about where traffic goes. */
export const leastAnswersAfterEnd = 50;
/** A user and HAProxy note the end of one request at slightly different times. */
const countSkewMs = 100;

export function violationsOf(evidence: Evidence): Violation[] {
  return [
    ...unended(evidence),
    ...lateForLease(evidence),
    ...afterRestore(evidence),
    ...afterStop(evidence),
    ...wrongShare(evidence),
    ...lostOrders(evidence),
    ...badPromoted(evidence),
    ...failedUnharmed(evidence),
  ];
}

function unended({ status, temporalStatus }: Evidence): Violation[] {
  if (status?.outcome != null && temporalStatus === 'COMPLETED') return [];
  const text = `the rollout did not end: ${status?.phase ?? 'no account of it'}, ${temporalStatus} in Temporal`;
  return [{ rule: 'ends', text }];
}

/** No request reaches the canary once no lease can be valid, by the users' books and by HAProxy's. */
function lateForLease(evidence: Evidence): Violation[] {
  const { schedule, status, samples, counts, outages, bounds } = evidence;
  const late = (fromMs: number, toMs: number) =>
    !leaseMayLive(outages, fromMs, toMs, bounds) && !mayBeStable(status, fromMs, toMs);
  const requests = samples.filter(
    ({ version, sentAtMs }) => version === schedule.version && late(sentAtMs, sentAtMs),
  );
  const canarySlot = status?.arms ? otherSlot(status.arms.stableSlot) : null;
  const inTime = samples.filter(
    ({ version, sentAtMs }) =>
      (version === null || version === schedule.version) && !late(sentAtMs, sentAtMs),
  );
  const counted = counts.filter(
    ({ requests, fromMs, toMs }) =>
      canarySlot !== null && late(fromMs, toMs) && requests[canarySlot] > endedWithin(inTime, fromMs, toMs),
  );
  return [
    ...found('lease', requests, 'requests reached the canary after every lease had run out'),
    ...(counted.length === 0
      ? []
      : [{ rule: 'lease', text: `HAProxy counted such requests ${counted.length} times` } as const]),
  ];
}

/**
 * Requests that ended around that time for their users. HAProxy counts a request when it ends, and one that
 * was sent to a dead process in time still ends seconds later, when the last attempt to connect has failed.
 */
function endedWithin(samples: readonly Sample[], fromMs: number, toMs: number): number {
  const near = ({ endedAtMs }: Sample) =>
    endedAtMs >= fromMs - countSkewMs && endedAtMs <= toMs + countSkewMs;
  return samples.filter(near).length;
}

/** Whether the new version may be the stable one at some time of the span, which then needs no lease. */
function mayBeStable(status: RolloutStatus | null, fromMs: number, toMs: number): boolean {
  const promotingAtMs = status?.timeline.find(({ kind }) => kind === 'promoting')?.atMs;
  if (promotingAtMs === undefined || toMs < promotingAtMs) return false;
  return status?.restoredAtMs == null || fromMs <= status.restoredAtMs;
}

/** "Restored" is said only after it was read back, so it must be true from then on. */
function afterRestore({ schedule, status, samples }: Evidence): Violation[] {
  const restoredAtMs = status?.restoredAtMs ?? null;
  if (restoredAtMs === null) return [];
  const late = samples.filter(
    ({ version, sentAtMs }) => version === schedule.version && sentAtMs > restoredAtMs,
  );
  return found('restored', late, 'requests reached the canary after the restore was reported');
}

/**
 * A rollback's caller is told that the canary is stopped when it is, whatever has become of Temporal and the worker.
 */
function afterStop({ schedule, status, samples, orders }: Evidence): Violation[] {
  const stoppedAtMs = Math.min(
    ...orders.filter(({ stopped }) => stopped).map(({ answeredMs }) => answeredMs),
  );
  const late = samples.filter(
    ({ version, sentAtMs }) =>
      version === schedule.version && sentAtMs > stoppedAtMs && !mayBeStable(status, sentAtMs, sentAtMs),
  );
  return found('express', late, 'requests reached the canary after its stop was reported');
}

function wrongShare({ schedule, stableVersion, status, samples }: Evidence): Violation[] {
  if (status?.outcome == null || status.endedAtMs === null) return [];
  const { outcome, endedAtMs } = status;
  const right = outcome === 'promoted' ? schedule.version : stableVersion;
  const answered = answeredAfter(endedAtMs, samples);
  const wrong = answered.filter(({ version }) => version !== right);
  const met = [...new Set(wrong.map(({ version }) => version))].join(', ');
  const after = `requests after the end (${outcome}) met ${met} and not ${right}`;
  if (answered.length >= leastAnswersAfterEnd) return found('share', wrong, after);
  return [{ rule: 'share', text: `only ${answered.length} requests were answered after the end` }];
}

export function answeredAfter(endedAtMs: number, samples: readonly Sample[]): Sample[] {
  return samples.filter(({ sentAtMs, version }) => sentAtMs > endedAtMs && version !== null);
}

function lostOrders({ orders, status }: Evidence): Violation[] {
  if (status === null) return [];
  return orders
    .filter(({ result }) => result === 'acknowledged')
    .flatMap((order): Violation[] => {
      const { name, reason, detail } = order;
      const what = `${name} (${reason}, acknowledged ${detail})`;
      // A stop that Temporal could not be told of is found in the data plane, where it has no words.
      if (order.via !== 'stop' && !isNoted(status, order)) {
        const refusal = status.timeline.find(({ kind }) => kind === 'command-refused');
        const why = refusal ? `; but: ${refusal.text}` : '';
        return [{ rule: 'acknowledged', text: `${what} is not in the timeline${why}` }];
      }
      return name === 'rollback' && status.outcome === 'promoted'
        ? [{ rule: 'acknowledged', text: `${what} ended promoted` }]
        : [];
    });
}

/** Whether the rollout's own story knows the order. */
export function isNoted(status: RolloutStatus, { reason }: Pick<OrderRecord, 'reason'>): boolean {
  return status.timeline.some(({ kind, data }) => kind === 'command' && data?.reason === reason);
}

function badPromoted({ schedule, status }: Evidence): Violation[] {
  if (schedule.good || status?.outcome !== 'promoted') return [];
  const ending = status.reports.at(-1)?.ending;
  if (ending === 'promoted-by-hand') return [];
  const text = `the bad version was promoted, and no person asked for it (last stage: ${ending})`;
  return [{ rule: 'bad-promoted', text }];
}

/** What an earlier run has left behind shows in those after it, to which nobody does anything. */
function failedUnharmed({ schedule, status }: Evidence): Violation[] {
  if (schedule.faults.length > 0 || status?.cause?.kind !== 'failure') return [];
  return [{ rule: 'unharmed', text: `without any fault the rollout failed: ${status.cause.reason}` }];
}

function found(rule: Violation['rule'], samples: readonly Sample[], what: string): Violation[] {
  if (samples.length === 0) return [];
  const times = samples.map(({ sentAtMs }) => sentAtMs);
  const [first, last] = [Math.min(...times), Math.max(...times)].map(clockTime);
  return [{ rule, text: `${samples.length} ${what}, sent from ${first} to ${last}` }];
}

export function clockTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}
