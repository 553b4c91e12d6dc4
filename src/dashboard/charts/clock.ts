/** Times on a chart's axis: as exact as tells the marks apart, from parts of a second to days. */

const time = { hour: '2-digit', minute: '2-digit' } as const;
const toSecond = { ...time, second: '2-digit' } as const;
const milliseconds = new Intl.DateTimeFormat('en-GB', { ...toSecond, fractionalSecondDigits: 3 });
const tenths = new Intl.DateTimeFormat('en-GB', { ...toSecond, fractionalSecondDigits: 1 });
const seconds = new Intl.DateTimeFormat('en-GB', toSecond);
const minutes = new Intl.DateTimeFormat('en-GB', time);
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `marks`: all of the axis, in seconds. */
export function clockText(atMs: number, marks: readonly number[]): string {
  const [first = 0, second = first + 1] = marks;
  // Seconds since 1970 are too large for an exact tenth.
  return formatFor(Math.round((second - first) * 1000)).format(Math.round(atMs));
}

function formatFor(apartMs: number): Intl.DateTimeFormat {
  if (apartMs >= 86_400_000) return days;
  if (apartMs >= 60_000) return minutes;
  if (apartMs >= 1_000) return seconds;
  return apartMs >= 100 ? tenths : milliseconds;
}
