/** Answers about the API itself: health, readiness and the catalogue of providers and presets. */
import { z } from 'zod';

export const healthSchema = z.object({ ok: z.literal(true) });

export const readinessSchema = z
  .object({
    /** Whether rollouts can be started and steered. */
    ready: z.boolean(),
    temporal: z.object({ ok: z.boolean(), address: z.string(), detail: z.string() }),
    /**
     * Whether a worker has polled for rollouts lately, as one that hangs may have too; without one they wait. The API is
     * ready all the same: it takes plans and commands, and stops canaries by itself.
     */
    worker: z.object({ seen: z.boolean(), detail: z.string() }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readinessSchema>;

/** What the operator configured and what exists, each with the JSON Schema of what a plan may set. */
export const catalogueSchema = z.record(z.string(), z.unknown()).meta({ id: 'Catalogue' });
export type Catalogue = z.infer<typeof catalogueSchema>;
