/** What the demo has shown: pure, from the rollouts' own accounts and what users saw. */
import { formatDuration } from '../domain/duration.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import type { LoadSeen } from './api-client.ts';

export interface Ended {
  readonly version: string;
  readonly status: RolloutStatus | null;
  /** `promoted`, `rolled-back`, or how Temporal saw it end otherwise. */
  readonly outcome: string;
}

export interface DemoEnd {
  readonly good: Ended;
  readonly bad: Ended;
  /** Some seconds after the last rollout ended. */
  readonly load: LoadSeen;
}

/** Users may see the bad version's errors for no longer than this. */
const longestErrorsMs = 30_000;

/** What did not go as it should, one sentence each; empty: all is well. */
export function complaints({ good, bad, load }: DemoEnd): string[] {
  const found: string[] = [];
  if (good.outcome !== 'promoted') found.push(`the good version ${good.version} ended ${good.outcome}`);
  if (bad.outcome !== 'rolled-back') found.push(`the bad version ${bad.version} ended ${bad.outcome}`);
  const after = requestsAfterRestore(bad, load);
  if (after === null) found.push(`nobody said when all traffic was back from ${bad.version}`);
  else if (after > 0) found.push(`${after} requests reached ${bad.version} after the restore was reported`);
  const seenMs = errorsSeenMs(bad, load);
  if (seenMs > longestErrorsMs) {
    found.push(
      `users saw errors of ${bad.version} for ${formatDuration(seenMs)}, longer than ${formatDuration(longestErrorsMs)}`,
    );
  }
  if (!load.versions[bad.version]) found.push(`no user ever met ${bad.version}, so nothing was shown`);
  return found;
}

/** Requests sent after the restore that the version answered all the same; null: no restore was reported. */
function requestsAfterRestore({ version, status }: Ended, load: LoadSeen): number | null {
  const restoredAtMs = status?.restoredAtMs ?? null;
  if (restoredAtMs === null) return null;
  return (load.versions[version]?.recentSentAtMs ?? []).filter((sentAtMs) => sentAtMs > restoredAtMs).length;
}

function errorsSeenMs({ version }: Ended, load: LoadSeen): number {
  const { firstErrorAtMs = null, lastErrorAtMs = null } = load.versions[version] ?? {};
  return firstErrorAtMs === null || lastErrorAtMs === null ? 0 : lastErrorAtMs - firstErrorAtMs;
}

/** The summary as lines for people. */
export function summary(end: DemoEnd): string[] {
  const { bad, load } = end;
  const after = requestsAfterRestore(bad, load);
  const seconds = (errorsSeenMs(bad, load) / 1000).toFixed(1);
  return [
    ...table([['rollout', 'outcome', 'took', 'decided after', 'restored in'], row(end.good), row(end.bad)]),
    '',
    ...table([
      ['users met', 'requests', 'errors', 'share'],
      ...Object.entries(load.versions)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([version, { requests, errors }]) => users(version, requests, errors)),
      users('all', load.requests, load.errors),
    ]),
    '',
    `${bad.version}: users saw its errors for ${seconds} s (at most ${longestErrorsMs / 1000}), and ${after ?? 'an unknown number of'} requests reached it after the restore (must be 0)`,
  ];
}

function row({ version, status, outcome }: Ended): string[] {
  if (!status) return [version, outcome, '', '', ''];
  const { startedAtMs, endedAtMs, cause, restoredAtMs } = status;
  const tenth = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return [
    version,
    outcome,
    endedAtMs === null ? '' : tenth(endedAtMs - startedAtMs),
    cause ? tenth(cause.atMs - startedAtMs) : '',
    cause && restoredAtMs !== null ? `${restoredAtMs - cause.atMs} ms` : '',
  ];
}

function users(version: string, requests: number, errors: number): string[] {
  const share = requests === 0 ? 0 : (errors / requests) * 100;
  return [
    version === 'none' ? 'no answer' : version,
    String(requests),
    String(errors),
    `${share.toFixed(2)} %`,
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  return rows.map((cells) =>
    `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(),
  );
}
