/** Brings the link of where one is into view, where the row of links is wider than the screen. */
import { type RefObject, useEffect, useRef } from 'react';

export function useInView(isHere: boolean): RefObject<HTMLLIElement | null> {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isHere) ref.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [isHere]);
  return ref;
}
