/** A point in time in words, the same wherever it is told. */
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: '2-digit' });

/** In the browser's time zone; the day only if it is not today. */
export function atText(ms: number): string {
  const date = new Date(ms);
  const isToday = day.format(date) === day.format(new Date());
  return isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}
