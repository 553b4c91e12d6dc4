/** Patterns in routes and plans, in which `*` stands for any characters. */
import { adviceFor } from '../nearest.ts';
import { wildcard } from '../wildcard.ts';
import { noticeEvents } from './types.ts';

export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(text));
}

/** Why one of them can never fit, in one sentence; null: each fits some event. */
export function problemOfEvents(patterns: readonly string[]): string | null {
  const idle = patterns.find((pattern) => !noticeEvents.some((event) => wildcard(pattern).test(event)));
  return idle === undefined
    ? null
    : `there is no event "${idle.slice(0, 80)}"; ${adviceFor(idle, noticeEvents)}`;
}
