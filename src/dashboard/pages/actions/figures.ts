/** Figures as sentences have them. */
import { formatDuration } from '../../../domain/duration.ts';

export function percent(value: number): string {
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}

/** Whole seconds from one second on, since nobody reads milliseconds of minutes. */
export function span(ms: number): string {
  return formatDuration(ms < 1000 ? Math.round(ms) : Math.round(ms / 1000) * 1000);
}

export function timeOfDay(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
