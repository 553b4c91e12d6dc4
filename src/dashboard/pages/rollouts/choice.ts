/** Which rows are shown, and in which order: what wants a person first. Pure. */
import type { RolloutRow } from '../../../api/contract.ts';
import { attentions } from '../../../domain/rollout/attention.ts';

export const groups = ['trouble', 'waiting', 'running', 'ended'] as const;
export type Group = (typeof groups)[number];

export interface Choice {
  /** Null: all. */
  readonly group: Group | null;
  readonly environment: string | null;
  /** Parts of words, all of which must be found; empty: everything. */
  readonly search: string;
}

/** Each rollout is in one group. */
export function groupOf({ endedAtMs, attention, paused }: RolloutRow): Group {
  if (endedAtMs !== null) return 'ended';
  if (attention === 'restoring' || attention === 'failing') return 'trouble';
  return attention !== 'none' || paused ? 'waiting' : 'running';
}

export function choose(rows: readonly RolloutRow[], { group, environment, search }: Choice): RolloutRow[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const chosen = rows.filter((row) => {
    if (group !== null && groupOf(row) !== group) return false;
    if (environment !== null && row.environment !== environment) return false;
    const text = `${row.target} ${row.version ?? ''} ${row.startedBy ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return chosen.sort(byUrgency);
}

export function countGroups(rows: readonly RolloutRow[]): Readonly<Record<Group, number>> {
  const counts = { trouble: 0, waiting: 0, running: 0, ended: 0 };
  for (const row of rows) counts[groupOf(row)] += 1;
  return counts;
}

export function environmentsOf(rows: readonly RolloutRow[]): string[] {
  return [...new Set(rows.map(({ environment }) => environment))].sort();
}

/**
 * Of those that go back, what is due first comes first; among other equals what began last. Those that have ended come
 * last, the latest end before the others: nothing is due any more.
 */
function byUrgency(a: RolloutRow, b: RolloutRow): number {
  const rank = (row: RolloutRow) => groups.indexOf(groupOf(row)) * 10 + attentions.indexOf(row.attention);
  const since = ({ endedAtMs, startedAtMs }: RolloutRow) => endedAtMs ?? startedAtMs;
  const due = ({ endedAtMs, restore }: RolloutRow) => (endedAtMs === null ? (restore?.dueAtMs ?? 0) : 0);
  return rank(a) - rank(b) || due(a) - due(b) || since(b) - since(a) || (a.runId < b.runId ? -1 : 1);
}
