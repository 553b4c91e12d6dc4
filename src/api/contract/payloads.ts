/** Payloads as Temporal's UI and CLI send them to a remote codec: protobuf's JSON, bytes as base64. */
import { z } from 'zod';

const base64 = z.base64().max(4 * 1024 * 1024);

export const payloadsSchema = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string().max(256), base64).default({}),
        data: base64.default(''),
      }),
    )
    .max(10_000),
});
export type Payloads = z.output<typeof payloadsSchema>;
