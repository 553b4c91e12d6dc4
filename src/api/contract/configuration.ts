/**
 * What the operator has set, as far as whoever uses it may know it: no addresses of providers, no credentials, no
 * paths.
 */
import { z } from 'zod';

const names = z.array(z.string());
/** Null: all. */
const binding = { environments: names.nullable(), services: names.nullable() };

const policySummarySchema = z.object({
  name: z.string(),
  reason: z.string(),
  level: z.enum(['mandatory', 'advisory']),
  ...binding,
  require: z.record(z.string(), z.unknown()).describe('Each rule that binds, by name.'),
  gates: names.describe('Gates that every plan gets which it binds.'),
  guards: names,
});
export type PolicySummary = z.infer<typeof policySummarySchema>;

const freezeSummarySchema = z.object({
  gate: z.string().describe('Of plans that name this gate.'),
  name: z.string(),
  from: z.string(),
  to: z.string().describe('First moment after it.'),
  ...binding,
  teams: names.nullable(),
});
export type FreezeSummary = z.infer<typeof freezeSummarySchema>;

export const configurationSchema = z
  .object({
    versions: z.object({ sluice: z.string(), node: z.string(), api: z.string() }),
    temporal: z.object({ address: z.string(), namespace: z.string() }),
    access: z.object({
      needed: z.boolean().describe('Whether the API asks who somebody is.'),
      tokens: z.boolean(),
      issuers: names,
      encrypted: z.enum(['own', 'proxy']).nullable().describe('Who has TLS; null: nobody, on loopback.'),
    }),
    policies: z.object({
      sha256: z.string().nullable(),
      problem: z.string().nullable().describe('Why they cannot be read; then no rollout begins.'),
      list: z.array(policySummarySchema),
    }),
    freezes: z.array(freezeSummarySchema),
    evidence: z
      .object({ store: z.string(), signed: z.boolean(), retentionDays: z.number() })
      .nullable()
      .describe('Null: none is kept.'),
    events: z
      .object({ signed: z.boolean(), bearer: z.boolean() })
      .describe('How events from outside may come.'),
    notifiers: names.describe('Whom rollouts may be told to, by name.'),
    outgoing: names.nullable().describe('Hosts that gates and hooks may ask; null: any.'),
  })
  .meta({ id: 'Configuration', description: 'What the operator has set and may be shown.' });
export type Configuration = z.infer<typeof configurationSchema>;
