/** The rollouts that run now, kept up to date from the API's live list; and since when it cannot be seen. */
import { boardRowsSchema, hasEnded, type RolloutRow, troubleSchema } from '../../api/contract.ts';
import type { BoardSign } from '../../client/watch.ts';
import { clean } from '../clean.ts';
import { read } from '../client.ts';
import { byTrouble } from './columns.ts';

export interface Blind {
  readonly why: string;
  readonly sinceMs: number;
}

export class LiveRows {
  /** Whether any list was seen. */
  known = false;
  /** Null: what is shown is what is. */
  blind: Blind | null = null;
  private readonly url: string;
  private readonly rows = new Map<string, RolloutRow>();
  private aheadMs = 0;
  /** When the API read the list, by its own clock. */
  private readMs = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** Errors: `answer-strange`. */
  take(sign: BoardSign): void {
    if (sign.kind === 'lost') {
      this.blind = { why: String(clean(sign.error.detail)), sinceMs: sign.heardAtMs };
      return;
    }
    if (sign.kind === 'trouble') {
      const { message, sinceMs } = read(this.url, troubleSchema, sign.trouble);
      this.blind = { why: message, sinceMs: sinceMs - this.aheadMs };
      return;
    }
    // A connection alone shows nothing yet.
    if (sign.kind === 'alive' && sign.clocks === null) return;
    this.blind = null;
    if (sign.kind === 'alive') return;
    const { full, rows, gone, asOfMs, nowMs } = read(this.url, boardRowsSchema, sign.rows);
    this.known = true;
    this.aheadMs = nowMs - sign.atMs;
    this.readMs = asOfMs;
    if (full) this.rows.clear();
    for (const runId of gone) this.rows.delete(runId);
    for (const row of rows) {
      if (hasEnded(row)) this.rows.delete(row.runId);
      else this.rows.set(row.runId, row);
    }
  }

  /** Those with trouble first. */
  sorted(): RolloutRow[] {
    return byTrouble(this.rows.values());
  }

  /** How old the list was when the API told it, epoch milliseconds; it reads it every 1.5 s. */
  ageMs(ownMs: number): number {
    return Math.max(0, this.nowMs(ownMs) - this.readMs);
  }

  /** The API's clock, by which times of rollouts are meant. */
  nowMs(ownMs: number): number {
    return ownMs + this.aheadMs;
  }
}
