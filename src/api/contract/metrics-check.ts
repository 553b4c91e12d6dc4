/** A trial of a plan's queries: what the metrics source answers to each of them now. */
import { z } from 'zod';
import { nameSchema } from './text.ts';

export const metricsCheckBodySchema = z
  .strictObject({
    plan: z.union([z.string(), z.record(z.string(), z.unknown())]),
    /** Stands for the canary; default: the plan's version. Name one that runs, if the canary does not yet. */
    canary: z.exactOptional(nameSchema),
    /** Default: the other version that the plan names in its slots, if it names any. */
    stable: z.exactOptional(nameSchema),
  })
  .meta({ id: 'MetricsCheckRequest' });

const hintSchema = z.object({
  selector: z.string(),
  matcher: z.string().nullable(),
  values: z.array(z.string()).readonly(),
  text: z.string(),
});
const querySchema = z.object({
  arm: z.enum(['canary', 'stable']),
  role: z.enum(['value', 'samples', 'part', 'total', 'histogram']),
  query: z.string(),
  needed: z.boolean(),
  state: z.enum(['data', 'empty', 'error']),
  series: z.int(),
  value: z.number().nullable(),
  labels: z.array(z.record(z.string(), z.string())).readonly(),
  problem: z.string().nullable(),
  hints: z.array(hintSchema).readonly(),
});
export type MetricsCheckQuery = z.infer<typeof querySchema>;

export const metricsCheckSchema = z
  .object({
    /** Whether every check would have data now. */
    ok: z.boolean(),
    /** The metrics instance that was asked. */
    source: z.string(),
    canary: z.string(),
    stable: z.string().nullable(),
    checks: z
      .array(
        z.object({
          check: z.string(),
          kind: z.string(),
          stages: z.array(z.string()).readonly(),
          ok: z.boolean(),
          queries: z.array(querySchema).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'MetricsCheck' });
export type MetricsCheck = z.infer<typeof metricsCheckSchema>;
