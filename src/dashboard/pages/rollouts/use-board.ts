/** The live list as the API tells it, kept up to date, and said aloud where something begins to want a person. */
import { startTransition, useCallback, useRef, useState } from 'react';
import type { BoardRows, RolloutRow } from '../../../api/contract.ts';
import type { BoardSign, StreamLost, StreamOptions } from '../../../client/index.ts';
import { client } from '../../api/client.ts';
import { type Stream, useStream } from '../../live/use-stream.ts';
import { announce } from '../../shell/announcer.tsx';
import { groupOf } from './choice.ts';
import { stateOf } from './row-state.ts';

interface BoardSeen extends Stream {
  /** Null: nothing was seen yet. */
  readonly rows: readonly RolloutRow[] | null;
  /** What to add to this browser's clock to have the API's. */
  readonly clockOffsetMs: number;
}

export function useBoard(): BoardSeen {
  const [rows, setRows] = useState<readonly RolloutRow[] | null>(null);
  const [clockOffsetMs, setClockOffsetMs] = useState(0);
  const known = useRef(new Map<string, RolloutRow>());
  const open = useCallback((options: StreamOptions) => client.watch({}, options), []);
  const take = (sign: Exclude<BoardSign, StreamLost>): number | undefined => {
    if (sign.kind === 'rows') {
      known.current = merged(known.current, sign.rows);
      const all = [...known.current.values()];
      // Many rows are drawn in turns, so that the page can be used meanwhile.
      startTransition(() => setRows(all));
    }
    const clocks = sign.kind === 'rows' ? sign.rows : sign.kind === 'alive' ? sign.clocks : null;
    if (clocks === null) return undefined;
    // Rows that show times need not be drawn again for a jitter of the network.
    const offsetMs = clocks.nowMs - sign.atMs;
    setClockOffsetMs((last) => (Math.abs(last - offsetMs) > 1_000 ? offsetMs : last));
    return sign.atMs - (clocks.nowMs - clocks.asOfMs);
  };
  const stream = useStream(open, take);
  return { ...stream, rows, clockOffsetMs };
}

function merged(known: ReadonlyMap<string, RolloutRow>, news: BoardRows): Map<string, RolloutRow> {
  const next = new Map(news.full ? [] : known);
  for (const runId of news.gone) next.delete(runId);
  for (const row of news.rows) {
    tell(known.get(row.runId), row, news.nowMs);
    next.set(row.runId, row);
  }
  return next;
}

/** Not what was there when the page was opened: the page itself shows it. */
function tell(before: RolloutRow | undefined, row: RolloutRow, nowMs: number): void {
  if (before === undefined || before.attention === row.attention) return;
  const group = groupOf(row);
  if (group !== 'trouble' && group !== 'waiting') return;
  announce(
    `${row.target} ${row.version ?? ''}: ${stateOf(row, nowMs).word}. ${row.why ?? row.verdict?.reason ?? ''}`,
  );
}
