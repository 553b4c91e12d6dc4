/** Times on a chart's axis: seconds only where the marks are less than a minute apart, and days where they are a day apart. */

const time = { hour: '2-digit', minute: '2-digit' } as const;
const seconds = new Intl.DateTimeFormat('en-GB', { ...time, second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', time);
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `marks`: all of the axis, in seconds. */
export function clockText(atMs: number, marks: readonly number[]): string {
  const apart = (marks[1] ?? 0) - (marks[0] ?? 0);
  const format = apart >= 86_400 ? days : apart >= 60 ? minutes : seconds;
  return format.format(atMs);
}
