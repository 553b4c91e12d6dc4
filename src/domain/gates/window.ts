/** When a window is open: hours of days in a time zone, half-open, and freezes. Pure: the moment is given. */

export interface Opening {
  readonly timeZone: string;
  /** `mon` to `sun`: the days on which it opens. */
  readonly days: readonly string[];
  /** `HH:MM`; from the first moment, to the first moment after. `to` at or before `from` is on the next day. */
  readonly from: string;
  readonly to: string;
}

export interface Freeze {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: all. */
  readonly environments: readonly string[] | null;
  /** Of a team: those that the operator says are its own. Null: all. */
  readonly services: readonly string[] | null;
}

const minuteMs = 60_000;
const dayMinutes = 1_440;
const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** A week, and the hour that a clock change may add. */
const horizonMinutes = 7 * dayMinutes + 120;

/** The moment itself if it is open then; else when it opens next; null: never. */
export function nextOpening(opening: Opening, nowMs: number): number | null {
  if (isOpen(opening, nowMs)) return nowMs;
  // Minute by minute, as a wall clock goes: whatever a time zone does, it is seen.
  const firstMs = (Math.floor(nowMs / minuteMs) + 1) * minuteMs;
  for (let minute = 0; minute <= horizonMinutes; minute++) {
    const atMs = firstMs + minute * minuteMs;
    if (isOpen(opening, atMs)) return atMs;
  }
  return null;
}

export function isOpen({ timeZone, days, from, to }: Opening, atMs: number): boolean {
  const { weekday, minutes } = wallClock(timeZone, atMs);
  const [fromMinutes, toMinutes] = [minutesOf(from), minutesOf(to)];
  const opens = (day: number) => days.includes(names[(day + 7) % 7] ?? '');
  if (fromMinutes < toMinutes) return opens(weekday) && minutes >= fromMinutes && minutes < toMinutes;
  // Over midnight: the evening belongs to this day, the morning to the day before.
  return (opens(weekday) && minutes >= fromMinutes) || (opens(weekday - 1) && minutes < toMinutes);
}

/** The freeze in force; null: none. */
export function freezeAt(
  freezes: readonly Freeze[],
  { environment, service }: { readonly environment: string; readonly service: string },
  atMs: number,
): Freeze | null {
  const binds = ({ fromMs, toMs, environments, services }: Freeze) =>
    atMs >= fromMs &&
    atMs < toMs &&
    (environments === null || environments.includes(environment)) &&
    (services === null || services.includes(service));
  return freezes.find(binds) ?? null;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string, atMs: number): { weekday: number; minutes: number } {
  const known = clocks.get(timeZone);
  const clock =
    known ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  if (known === undefined) clocks.set(timeZone, clock);
  const parts = Object.fromEntries(clock.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const weekday = names.indexOf((parts.weekday ?? '').toLowerCase());
  return { weekday, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
