/** `tracing` of the operator's configuration: where traces go, and how many of them. */
import { z } from 'zod';

export const tracingSection = z
  .strictObject({
    endpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    share: z.number().min(0).max(1).default(1),
  })
  .nullable()
  .default(null);
