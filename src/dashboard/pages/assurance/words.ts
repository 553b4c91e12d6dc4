/** Facts of gates, places and scores as people read them. */
import type { GatePlace } from '../../../domain/gates/types.ts';

export function placeText(place: GatePlace): string {
  if (place === 'start') return 'before the rollout';
  return place === 'standing' ? 'all the time' : `before stage ${place + 1}`;
}

/** Each fact in a line; what is empty says nothing. */
export function factsIn(facts: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const text = factText(value);
    return text === '' ? [] : [[key, text] as const];
  });
}

function factText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map(factText)
      .filter((text) => text !== '')
      .join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${factText(inner)}`.trimEnd())
    .join(', ');
}

/** Of 100; the bounds are those that people know from reports: a score of 90 is asked for by default. */
export function toneOf(score: number): 'good' | 'warn' | 'bad' {
  if (score >= 90) return 'good';
  return score >= 70 ? 'warn' : 'bad';
}

export function scoreText(score: number): string {
  return Number.isInteger(score) ? String(score) : score.toFixed(1);
}
