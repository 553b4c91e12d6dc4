/** Times, numbers and facts as reports write them. */
import { formatMeasured } from '../domain/duration.ts';
import { factsIn } from '../domain/gates/wording.ts';

export function at(ms: number | null): string {
  return ms === null ? '-' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function took(ms: number | null): string {
  return ms === null ? '-' : formatMeasured(ms);
}

export function number(value: number | null, unit = ''): string {
  if (value === null) return '-';
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  return `${shown}${unit === '' ? '' : ` ${unit}`}`;
}

const longestFact = 600;

/** `counts: critical 0, high 2; format: trivy` */
export function facts(given: Readonly<Record<string, unknown>>): string {
  return clipped(
    factsIn(given)
      .map(([name, text]) => `${name}: ${text}`)
      .join('; '),
  );
}

export function clipped(text: string): string {
  return text.length > longestFact ? `${text.slice(0, longestFact)}…` : text;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
