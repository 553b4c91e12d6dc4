/** The live list: a table of which only what is near the screen is drawn, so that a thousand rollouts are no burden. */
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import type { RolloutRow } from '../../../api/contract.ts';
import { useWindow } from '../../ui/use-window.ts';
import './live-list.css';
import { LiveRow } from './live-row.tsx';

const columns = ['State', 'Rollout', 'Canary’s share', 'Checks', 'Time', 'Started by'];

interface LiveListProps {
  readonly rows: readonly RolloutRow[];
  readonly clockOffsetMs: number;
}

export function LiveList({ rows, clockOffsetMs }: LiveListProps) {
  const { ref, probe, rowPx, first, end, reveal } = useWindow<HTMLTableSectionElement>(rows.length);
  const wanted = useRef<number | null>(null);
  // After each drawing, since the row may have been drawn only now.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const link = ref.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] a`);
    if (!link) return;
    wanted.current = null;
    link.focus({ preventScroll: true });
  });
  const move = (event: KeyboardEvent) => {
    const at = indexOf(event.target);
    const to = at === null ? null : steps(event.key, at, rows.length);
    if (to === null) return;
    event.preventDefault();
    reveal(to);
    const link = ref.current?.querySelector<HTMLElement>(`[data-index="${to}"] a`);
    if (link) link.focus({ preventScroll: true });
    else wanted.current = to;
  };
  return (
    <>
      <div ref={probe} className="live-probe" aria-hidden="true" />
      <table className="live-list" aria-rowcount={rows.length + 1}>
        <caption className="visually-hidden">Rollouts, what wants a person first</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={ref} style={{ height: `${rows.length * rowPx}px` }} onKeyDown={move}>
          {rows.slice(first, end).map((row, at) => (
            <LiveRow
              key={row.runId}
              row={row}
              index={first + at}
              topPx={(first + at) * rowPx}
              clockOffsetMs={clockOffsetMs}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

function indexOf(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return row === null ? null : Number(row.dataset.index);
}

const pageOfRows = 10;

/** Null: the key moves nothing. */
function steps(key: string, at: number, count: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + pageOfRows,
    PageUp: at - pageOfRows,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}
