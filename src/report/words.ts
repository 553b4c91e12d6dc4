/** Times, numbers and facts as reports write them. */
import { formatDuration } from '../domain/duration.ts';
import type { GatePlace } from '../domain/gates/types.ts';

export function at(ms: number | null): string {
  return ms === null ? '-' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function took(ms: number | null): string {
  if (ms === null) return '-';
  return formatDuration(ms < 10_000 ? ms : Math.round(ms / 1000) * 1000);
}

export function number(value: number | null, unit = ''): string {
  if (value === null) return '-';
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  return `${shown}${unit === '' ? '' : ` ${unit}`}`;
}

export function place(where: GatePlace): string {
  if (where === 'start') return 'before the rollout';
  return where === 'standing' ? 'all the time' : `before stage ${where + 1}`;
}

const longestFact = 600;

/** `counts: critical 0, high 2; format: trivy` */
export function facts(given: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) => {
    const shown = fact(value);
    return shown === '' ? [] : [`${name}: ${shown}`];
  });
  return clipped(pairs.join('; '));
}

/** One fact in a line, of whatever shape. */
export function fact(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map(fact)
      .filter((one) => one !== '')
      .join(', ');
  if (typeof value !== 'object') return String(value);
  const pairs = Object.entries(value).map(([name, inner]) => `${name} ${fact(inner)}`.trimEnd());
  return pairs.join(', ');
}

export function clipped(text: string): string {
  return text.length > longestFact ? `${text.slice(0, longestFact)}…` : text;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
