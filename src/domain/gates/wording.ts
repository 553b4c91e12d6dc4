/** Where gates are asked, and what their answers rest on, in words: for reports and pages alike. */
import type { GatePlace } from './types.ts';

export function placeText(place: GatePlace): string {
  if (place === 'start') return 'before the rollout';
  return place === 'standing' ? 'all the time' : `before stage ${place + 1}`;
}

/** Each fact with its name; what is empty says nothing. */
export function factsIn(facts: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const text = factText(value);
    return text === '' ? [] : [[name, text] as const];
  });
}

/** One fact in a line, of whatever shape. */
export function factText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map(factText)
      .filter((text) => text !== '')
      .join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${factText(inner)}`.trimEnd())
    .join(', ');
}
