/** Pages of a list: which one is shown, and the buttons that lead to the next and back. */
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import './scope.css';

interface Paging {
  /** Empty: the first page. */
  readonly cursor: string;
  readonly older: (next: string) => void;
  readonly newer: () => void;
}

/** `of`: what the list is narrowed to, since a page of one list makes no sense in another. */
export function usePaging(of: string): Paging {
  const [known, setKnown] = useState<{ readonly of: string; readonly cursors: readonly string[] }>({
    of,
    cursors: [],
  });
  const cursors = known.of === of ? known.cursors : [];
  return {
    cursor: cursors.at(-1) ?? '',
    older: (next) => setKnown({ of, cursors: [...cursors, next] }),
    newer: () => setKnown({ of, cursors: cursors.slice(0, -1) }),
  };
}

interface PagingBarProps {
  readonly paging: Paging;
  /** Of the page that is shown; null: it is the last, or not there yet. */
  readonly next: string | null;
  /** Default: `Newer` and `Older`. */
  readonly words?: readonly [back: string, on: string];
}

export function PagingBar({ paging, next, words: [back, on] = ['Newer', 'Older'] }: PagingBarProps) {
  if (paging.cursor === '' && next === null) return null;
  return (
    <div className="paging">
      {paging.cursor === '' ? null : <Button onClick={paging.newer}>{back}</Button>}
      {next === null ? null : <Button onClick={() => paging.older(next)}>{on}</Button>}
    </div>
  );
}
