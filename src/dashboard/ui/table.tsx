/**
 * A table of data. On narrow screens each row is a card, in which a cell says by `data-label` what it is called, and takes
 * a line of its own by the class `table-line`. Where it is too wide all the same, it scrolls by itself, by keyboard too.
 */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import './table.css';

/** The head of a column; one of numbers stands above their last digits. */
type Column = string | { readonly number: string };

interface TableProps {
  /** What it is, for whoever cannot see what stands around it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The rows. */
  readonly children: ReactNode;
}

export function Table({ caption, columns, children }: TableProps) {
  const box = useRef<HTMLElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <section ref={box} className="table-scroll" aria-label={caption} tabIndex={scrolls ? 0 : undefined}>
      <table className="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) =>
              typeof column === 'string' ? (
                <th key={column} scope="col">
                  {column}
                </th>
              ) : (
                <th key={column.number} scope="col" className="number">
                  {column.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
