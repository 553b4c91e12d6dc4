/** What the data plane said after a write of traffic, in words: in the report of a deployment and on the command line. */
import { fieldOf, numberAt } from './fields.ts';
import { clipped, count, number } from './words.ts';

/** `readBack` of an audit's write that did not fail. */
export function readBackText(readBack: unknown): string {
  if (isBlocked(readBack)) return `not done: ${clipped(String(fieldOf(readBack.blocked, 'reason')))}`;
  if (Array.isArray(readBack)) return stepsText(readBack);
  const percent = typeof readBack === 'number' ? readBack : numberAt(readBack, 'readWeightPercent');
  if (percent !== null) return `${number(percent)} %`;
  // A promotion or a restore that did not read back as asked would have failed.
  const tries = numberAt(readBack, 'attempts') ?? 1;
  return tries > 1 ? `as asked, after ${count(tries, 'try', 'tries')}` : 'as asked';
}

/** Nothing was written: a stop or a lapsed lease was found. */
export function isBlocked(readBack: unknown): readBack is { readonly blocked: unknown } {
  return (fieldOf(readBack, 'blocked') ?? null) !== null;
}

/** A way down step by step. */
function stepsText(steps: readonly unknown[]): string {
  const shares = steps.flatMap((step) => numberAt(step, 'percent') ?? []);
  return shares.length === 0 ? 'no step' : shares.map((percent) => `${number(percent)} %`).join(', ');
}
