/** A duration within bounds: text in the document, milliseconds once read. */
import { z } from 'zod';
import { durationPattern, formatDuration, parseDuration } from '../../duration.ts';

export const secondMs = 1_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

export function duration(minMs: number, maxMs: number) {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : adviceOn(input)) })
    .meta({ pattern: durationPattern.source, examples: ['30s', '5m', '1h30m'] })
    .transform((text, context) => {
      const result = parseDuration(text);
      if (result.ok && result.ms >= minMs && result.ms <= maxMs) return result.ms;
      const range = `must be ${formatDuration(minMs)} to ${formatDuration(maxMs)}, not ${text}`;
      context.issues.push({ code: 'custom', message: result.ok ? range : result.problem, input: text });
      return z.NEVER;
    });
}

function adviceOn(input: unknown): string {
  const result = parseDuration(input);
  return result.ok ? '' : result.problem;
}
