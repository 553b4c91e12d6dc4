/** Answers about incidents: the list, one of them, its review, and closing it by hand. */
import { z } from 'zod';
import type { Incident, IncidentEntry } from '../../domain/incident/types.ts';
import { nextSchema, pagingFields } from './paging.ts';
import { rollbackRecordSchema } from './status.ts';
import { nameSchema, targetPartSchema } from './text.ts';

const atMs = z.number().describe('epoch milliseconds');
const event = z.string() as unknown as z.ZodType<IncidentEntry['event']>;
const fields = {
  target: z.string(),
  severity: z.union([z.literal(1), z.literal(2)]),
  state: z.enum(['open', 'closed']),
  title: z.string(),
  openedAtMs: atMs,
  updatedAtMs: atMs,
  recoveredAtMs: atMs.nullable(),
  closedAtMs: atMs.nullable(),
  acknowledgedBy: z.string().nullable(),
};

/** As the memo of the incident's workflow has it. */
export const incidentMemoSchema = z.object({ ...fields, versions: z.array(z.string()) });

const incidentSummarySchema = z
  .object({
    ...incidentMemoSchema.shape,
    runId: z.string(),
    links: z.object({ self: z.string(), review: z.string() }),
  })
  .meta({ id: 'IncidentSummary' });
export type IncidentSummary = z.infer<typeof incidentSummarySchema>;

export const incidentSchema = z
  .object({
    ...fields,
    rollouts: z.array(
      z.object({
        runId: z.string(),
        version: z.string(),
        author: z.string(),
        rollback: rollbackRecordSchema.nullable(),
      }),
    ),
    timeline: z.array(z.object({ atMs, event, text: z.string(), actor: z.string().nullable() })),
  })
  .meta({ id: 'Incident' });
incidentSchema satisfies z.ZodType<Incident>;

export const incidentViewSchema = z
  .object({
    ...incidentSchema.shape,
    runId: z.string(),
    links: z.object({ self: z.string(), review: z.string() }),
  })
  .meta({ id: 'IncidentView' });
export type IncidentView = z.infer<typeof incidentViewSchema>;

export const incidentListSchema = z
  .object({ incidents: z.array(incidentSummarySchema), next: nextSchema })
  .meta({ id: 'IncidentList', description: 'Open ones first, then those that were closed last.' });
export type IncidentList = z.infer<typeof incidentListSchema>;

export const incidentQuerySchema = z.strictObject({
  environment: z.exactOptional(nameSchema),
  service: z.exactOptional(nameSchema),
  open: z.exactOptional(z.enum(['true', 'false'])),
  ...pagingFields,
});
export type IncidentQuery = z.infer<typeof incidentQuerySchema>;

export const incidentParamsSchema = z.strictObject({
  environment: targetPartSchema,
  service: targetPartSchema,
});

export function incidentLinksOf(target: string, runId: string) {
  const self = `/v1/incidents/${target.split('/').map(encodeURIComponent).join('/')}`;
  return { self: `${self}?run=${runId}`, review: `${self}/review?run=${runId}` };
}
