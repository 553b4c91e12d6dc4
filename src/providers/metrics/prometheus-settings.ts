/** What the operator sets for a Prometheus instance. Plans may set nothing: a query belongs to its check. */
import { z } from 'zod';
import { addressSetting, connectionSettings, tlsNeedsHttps } from './connection-settings.ts';

export const prometheusSettings = z
  .strictObject({
    url: addressSetting
      .refine(
        isPlainAddress,
        'must have no user name, query or fragment; credentials belong in authorization',
      )
      .describe('Address of the server, with its base path if it has one.'),
    ...connectionSettings,
    maxQueries: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(10)
      .describe(
        'Queries under way at the same time; further ones wait. The same query of several rollouts is sent once.',
      ),
  })
  .superRefine(({ url, tls }, context) => {
    const problem = tlsNeedsHttps([url], tls);
    if (problem !== null) context.addIssue({ code: 'custom', ...problem });
  });

export type PrometheusSettings = z.infer<typeof prometheusSettings>;

export const prometheusOptions = z.strictObject({});

function isPlainAddress(text: string): boolean {
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
