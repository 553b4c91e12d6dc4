/** What the operator sets for pages of metrics that are read without Prometheus. */
import { z } from 'zod';
import { fillTemplate, placeholdersIn } from '../../domain/analysis/template.ts';
import { addressSetting, connectionSettings, tlsNeedsHttps } from './connection-settings.ts';

const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label');
const metric = z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is no name of a metric');

const target = z.strictObject({
  url: z
    .string()
    .max(500)
    .refine(
      (text) => placeholdersIn(text).every((name) => label.safeParse(name).success),
      'may only hold names of labels between {{ and }}',
    )
    .refine(
      (text) => addressSetting.safeParse(sampleOf(text)).success,
      'must be an http or https address, the placeholders filled in',
    )
    .describe(
      'Address of the page. {{version}} in it stands for what a query asks of the label `version`, and becomes a label of all its series.',
    ),
  labels: z.record(label, z.string().max(500)).default({}).describe('Labels that all its series get.'),
  labelsFrom: z
    .record(label, z.strictObject({ metric, label }))
    .default({})
    .describe('Labels whose values are read from the page itself, such as a version from build_info.'),
});
export type ScrapeTarget = z.infer<typeof target>;

export const scrapeSettings = z
  .strictObject({
    ...connectionSettings,
    targets: z.array(target).min(1).max(200),
    intervalMs: z
      .int()
      .min(10)
      .max(300_000)
      .default(5_000)
      .describe('Time between two scrapes, milliseconds.'),
    keepMs: z
      .int()
      .min(60_000)
      .max(7_200_000)
      .default(900_000)
      .describe('How long samples are kept, and scraped for after the last question, milliseconds.'),
    maxSeries: z
      .int()
      .min(1)
      .max(100_000)
      .default(5_000)
      .describe('Series kept of one page, of the metrics that checks ask for. A page with more is refused.'),
  })
  .superRefine(({ targets, tls, keepMs, intervalMs }, context) => {
    const problem = tlsNeedsHttps(
      targets.map(({ url }) => url),
      tls,
    );
    if (problem !== null) context.addIssue({ code: 'custom', ...problem });
    if (keepMs < 2 * intervalMs)
      context.addIssue({ code: 'custom', message: 'must be at least twice intervalMs', path: ['keepMs'] });
  });
export type ScrapeSettings = z.infer<typeof scrapeSettings>;

function sampleOf(url: string): string {
  return fillTemplate(url, Object.fromEntries(placeholdersIn(url).map((name) => [name, 'v1'])));
}
