/** The rows of the live list with the order of their changes, so that a viewer can be told what it has not seen. */
import type { RolloutRow } from '../contract.ts';

/** What was there. */
type GoneRow = Pick<RolloutRow, 'runId' | 'environment' | 'service'>;

interface Changes {
  readonly full: boolean;
  readonly rows: readonly RolloutRow[];
  readonly gone: readonly GoneRow[];
}

interface Kept {
  readonly row: RolloutRow;
  readonly revision: number;
}

/** A viewer that missed more than so many rows going is told everything. */
const mostGone = 2_000;
/** Of what only a clock moves, smaller changes are no news. */
const tolerableMs = 3_000;
/** A row whose look is so much newer is told again, if only to say so. */
const staleAfterMs = 10_000;

export class RowStore {
  private readonly kept = new Map<string, Kept>();
  private gone: { readonly row: GoneRow; readonly revision: number }[] = [];
  /** Changes up to this one cannot be told one by one any more. */
  private forgotten = 0;
  revision = 0;

  get(runId: string): RolloutRow | null {
    return this.kept.get(runId)?.row ?? null;
  }

  all(): RolloutRow[] {
    return [...this.kept.values()].map(({ row }) => row);
  }

  put(row: RolloutRow): void {
    const before = this.kept.get(row.runId)?.row;
    const settled = before ? settle(row, before) : row;
    if (before && isSame(settled, before)) return;
    this.revision += 1;
    this.kept.set(row.runId, { row: settled, revision: this.revision });
  }

  remove(runId: string): void {
    const row = this.kept.get(runId)?.row;
    if (row === undefined) return;
    this.kept.delete(runId);
    this.revision += 1;
    const { environment, service } = row;
    this.gone.push({ row: { runId, environment, service }, revision: this.revision });
    if (this.gone.length <= mostGone) return;
    const [oldest] = this.gone;
    this.forgotten = oldest?.revision ?? this.forgotten;
    this.gone = this.gone.slice(1);
  }

  /** Null: the viewer knows nothing. */
  since(revision: number | null): Changes {
    if (revision === null || revision < this.forgotten || revision > this.revision) {
      return { full: true, rows: this.all(), gone: [] };
    }
    const rows = [...this.kept.values()].filter((one) => one.revision > revision).map(({ row }) => row);
    const gone = this.gone.filter((one) => one.revision > revision).map(({ row }) => row);
    return { full: false, rows, gone };
  }
}

/** An end that moved by a moment is the same end. */
function settle(row: RolloutRow, before: RolloutRow): RolloutRow {
  const moved = Math.abs((row.expectedEndAtMs ?? 0) - (before.expectedEndAtMs ?? 0));
  return moved > tolerableMs ? row : { ...row, expectedEndAtMs: before.expectedEndAtMs };
}

function isSame(row: RolloutRow, before: RolloutRow): boolean {
  if ((row.seenAtMs ?? 0) - (before.seenAtMs ?? 0) > staleAfterMs) return false;
  return JSON.stringify({ ...row, seenAtMs: null }) === JSON.stringify({ ...before, seenAtMs: null });
}
