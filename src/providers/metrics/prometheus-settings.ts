/** What the operator sets for a Prometheus instance. Plans may set nothing: a query belongs to its check. */
import { z } from 'zod';
import { secretSource } from '../secret.ts';

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
  maxQueries: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe(
      'Queries under way at the same time; further ones wait. The same query of several rollouts is sent once.',
    ),
  authorization: secretSource
    .optional()
    .describe('Where to read the whole value of the Authorization header, for example `Bearer abc`.'),
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
