/** What the operator sets for a Prometheus instance. Plans may set nothing: a query belongs to its check. */
import { z } from 'zod';

/** A header value kept outside the configuration, as a whole, for example `Bearer abc`. Read at every query. */
const secretSource = z.union([
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds the header value.') }),
  z.strictObject({
    env: z.string().min(1).describe('Name of the environment variable that holds the header value.'),
  }),
]);

export const prometheusSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine(isPlainAddress, 'must have no user name, query or fragment; credentials belong in authorization')
    .describe('Address of the server, with its base path if it has one.'),
  timeoutMs: z
    .number()
    .int()
    .min(1)
    .max(300_000)
    .default(5_000)
    .describe('Longest time for one query, milliseconds.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'is no header name'), z.string())
    .default({})
    .describe('Further headers, for example X-Scope-OrgID.'),
});

export type PrometheusSettings = z.infer<typeof prometheusSettings>;

export const prometheusOptions = z.strictObject({});

function isPlainAddress(text: string): boolean {
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
