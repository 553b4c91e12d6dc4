/** Times of a day on a chart's axis: seconds only where the marks are less than a minute apart. */

const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `marks`: all of the axis, in seconds. */
export function clockText(atMs: number, marks: readonly number[]): string {
  const apart = (marks[1] ?? 0) - (marks[0] ?? 0);
  return (apart >= 60 ? minutes : seconds).format(atMs);
}
