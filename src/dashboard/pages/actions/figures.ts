/** Figures as sentences have them. */
import { formatDuration } from '../../../domain/duration.ts';

export function percent(value: number): string {
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}

/** As exact as somebody can use it: milliseconds of a second, tenths of some seconds, seconds of minutes. */
export function span(ms: number): string {
  if (ms < 1000) return formatDuration(Math.round(ms));
  return ms < 10_000 ? `${Number((ms / 1000).toFixed(1))}s` : formatDuration(Math.round(ms / 1000) * 1000);
}

export function timeOfDay(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
