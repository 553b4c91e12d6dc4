/**
 * Which rows of a long list are near the screen, so that only those are drawn. Rows are equally high; the page scrolls.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

interface ListWindow<E extends HTMLElement> {
  /** Of the element that holds the rows. */
  readonly ref: RefObject<E | null>;
  /** Of the element that is as high as a row. */
  readonly probe: RefObject<HTMLDivElement | null>;
  readonly rowPx: number;
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
  /** Brings a row onto the screen. */
  readonly reveal: (index: number) => void;
}

/** Drawn beyond the edges of the screen, so that scrolling and tabbing find rows there. */
const beyond = 8;
/** Until the probe is measured. */
const guessedRowPx = 64;

export function useWindow<E extends HTMLElement>(count: number): ListWindow<E> {
  const ref = useRef<E>(null);
  const probe = useRef<HTMLDivElement>(null);
  const [rowPx, setRowPx] = useState(guessedRowPx);
  // The screen alone at first: what lies beyond it would make somebody wait longer for what does not.
  const [range, setRange] = useState(() => ({
    first: 0,
    end: clamp(Math.ceil(window.innerHeight / guessedRowPx), count),
  }));
  useLayoutEffect(() => {
    const element = probe.current;
    if (element === null) return;
    const measure = () => setRowPx(Math.max(1, element.getBoundingClientRect().height));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    let frame = 0;
    const place = () => {
      frame = 0;
      const top = ref.current?.getBoundingClientRect().top ?? 0;
      const first = clamp(Math.floor(-top / rowPx) - beyond, count);
      const end = clamp(Math.ceil((window.innerHeight - top) / rowPx) + beyond, count);
      setRange((last) => (last.first === first && last.end === end ? last : { first, end }));
    };
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(place);
    };
    place();
    window.addEventListener('scroll', later, { passive: true });
    window.addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
    };
  }, [count, rowPx]);
  const reveal = (index: number) => {
    const top = (ref.current?.getBoundingClientRect().top ?? 0) + index * rowPx;
    const margin = rowPx * 2;
    if (top < margin) window.scrollBy(0, top - margin);
    else if (top + margin > window.innerHeight) window.scrollBy(0, top + margin - window.innerHeight);
  };
  return { ref, probe, rowPx, first: Math.min(range.first, count), end: Math.min(range.end, count), reveal };
}

function clamp(index: number, count: number): number {
  return Math.min(count, Math.max(0, index));
}
