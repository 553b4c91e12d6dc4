/** What many rollbacks say together: why they happened, how fast each step was, and what they cost users. */
import type { RollbackRecord } from './rollback-record.ts';

export interface RollbackStatistics {
  /** Without those that `withoutTraffic` counts, like all else here. */
  readonly count: number;
  /** Of rollouts whose canary never had traffic, such as one that could not be started: nothing was taken back. */
  readonly withoutTraffic: number;
  /** How many each trigger caused. */
  readonly byTrigger: Readonly<Record<string, number>>;
  /** The data plane read 0 within `rollback.timeout`. */
  readonly inTime: number;
  /** It read 0 later than that, or has not yet. */
  readonly late: number;
  /** Under way, and within `rollback.timeout` still. */
  readonly pending: number;
  /** The share of those in time among those that are not pending, 0 to 1; null: there are none. */
  readonly success: number | null;
  /** From the first bad look to the decision, of those that a check caused. */
  readonly decide: Times;
  /** From the decision to the read-back of 0. */
  readonly restore: Times;
  /** Mean time to detect: the mean of `decide`, milliseconds. */
  readonly mttdMs: number | null;
  /**
   * Mean time to restore, milliseconds, of those that a check caused: from the first bad look to the read-back of 0. A
   * command has nothing to detect, and would make it shorter than `mttdMs`.
   */
  readonly mttrMs: number | null;
  /** Requests that the canaries of all served; null: no data plane counted. */
  readonly canaryRequests: number | null;
  /** How many rollbacks that is known of. */
  readonly requestsKnownOf: number;
  /** `canaryRequests` over the requests that one user makes; null: one of them is not known. */
  readonly estimatedUsers: number | null;
}

/** Of `n` rollbacks, milliseconds. Percentiles by the nearest rank: each is a time that was really measured. */
export interface Times {
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** `requestsPerUser`: how many requests one user makes while a canary runs, as whoever asks knows; null: not known. */
export function rollbackStatisticsOf(
  all: readonly RollbackRecord[],
  requestsPerUser: number | null,
): RollbackStatistics {
  const records = all.filter(hadTraffic);
  const endings = records.map(endingOf);
  const counted = (ending: Ending) => endings.filter((one) => one === ending).length;
  const inTime = counted('in-time');
  const late = counted('late');
  const decide = records.flatMap(({ decideMs }) => decideMs ?? []);
  const restore = records.flatMap(({ restoreMs }) => restoreMs ?? []);
  const requests = records.flatMap(({ canaryRequests }) => canaryRequests ?? []);
  const canaryRequests = requests.length === 0 ? null : sum(requests);
  return {
    count: records.length,
    withoutTraffic: all.length - records.length,
    byTrigger: countByTrigger(records),
    inTime,
    late,
    pending: counted('pending'),
    success: inTime + late === 0 ? null : inTime / (inTime + late),
    decide: timesOf(decide),
    restore: timesOf(restore),
    mttdMs: mean(decide),
    mttrMs: mean(records.flatMap((record) => toRestoreMs(record) ?? [])),
    canaryRequests,
    requestsKnownOf: requests.length,
    estimatedUsers:
      canaryRequests === null || requestsPerUser === null
        ? null
        : Math.ceil(canaryRequests / requestsPerUser),
  };
}

/**
 * Whether its canary may have had some. One that is late counts in any case, and of one under way it may not be known
 * yet. A first shift that no read-back followed may have reached users: only before the canary was ready beside stable,
 * or at a gate before that shift, there was none for sure.
 */
function hadTraffic(record: RollbackRecord): boolean {
  const { exposedMs, stableVersion, trigger } = record;
  const mayHaveShifted = stableVersion !== null && trigger !== 'gate';
  return exposedMs !== null || mayHaveShifted || endingOf(record) !== 'in-time';
}

type Ending = 'in-time' | 'late' | 'pending';

/** The rollout says itself when `rollback.timeout` is over before the data plane reads 0. */
function endingOf({ actions, restoredAtMs }: RollbackRecord): Ending {
  if (actions.some(({ kind }) => kind === 'restore-late')) return 'late';
  return restoredAtMs === null ? 'pending' : 'in-time';
}

function toRestoreMs({ firstBadAtMs, restoredAtMs }: RollbackRecord): number | null {
  return restoredAtMs === null || firstBadAtMs === null ? null : restoredAtMs - firstBadAtMs;
}

function countByTrigger(records: readonly RollbackRecord[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { trigger } of records) counts.set(trigger, (counts.get(trigger) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, one], [b, other]) => other - one || a.localeCompare(b)));
}

function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { n: sorted.length, p50: at(0.5), p95: at(0.95) };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.round(sum(values) / values.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
