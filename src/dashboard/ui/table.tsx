/** A table of data that may be wider than a narrow screen: then it scrolls by itself, by keyboard too. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import './table.css';

/** The head of a column; one of numbers stands above their last digits. */
type Column = string | { readonly number: string };

interface TableProps {
  /** What it is, for whoever cannot see what stands around it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** On narrow screens each row is a card; a cell says by `data-label` what it is called there. Default: false. */
  readonly cards?: boolean;
  /** The rows. */
  readonly children: ReactNode;
}

export function Table({ caption, columns, cards = false, children }: TableProps) {
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
      <table className={cards ? 'table table-cards' : 'table'}>
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
