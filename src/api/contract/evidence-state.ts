/** Whether the evidence of a rollout is kept, as its view tells it. */
import { z } from 'zod';

export const evidenceStateSchema = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('off') }),
    z.object({ state: z.literal('waiting') }),
    z.object({ state: z.literal('failing'), tries: z.number(), problem: z.string() }),
    z.object({
      state: z.literal('kept'),
      position: z.number(),
      sha256: z.string(),
      signedBy: z.string().nullable(),
    }),
    z.object({ state: z.literal('unknown'), problem: z.string() }),
  ])
  .meta({ id: 'EvidenceState' });
export type EvidenceState = z.infer<typeof evidenceStateSchema>;
