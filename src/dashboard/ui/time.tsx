/** Points in time and spans of it, as people read them: short, and exact where somebody looks closer. */
import { useNow } from '../live/use-now.ts';
import { atText } from './at-text.ts';

/** As `atText`; exact and in UTC in its title. */
export function At({ ms }: { readonly ms: number }) {
  const exact = new Date(ms).toISOString();
  return (
    <time dateTime={exact} title={exact}>
      {atText(ms)}
    </time>
  );
}

/** Counts up by itself. */
export function Since({ ms }: { readonly ms: number }) {
  return <>{spanText(useNow() - ms)}</>;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** At most two units, the smaller ones left out: `45s`, `12m 5s`, `3h 20m`, `2d 4h`. */
export function spanText(ms: number): string {
  const whole = Math.max(0, ms);
  const at = units.findIndex(([, size]) => whole >= size);
  if (at === -1) return '0s';
  let rest = whole;
  const parts = units.slice(at, at + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}
