/** Events that others post to a rollout: Sluice's own form, Alertmanager's, and the answer. */
import { z } from 'zod';
import { eventActions, eventTypes, severities } from '../../domain/plan/event-policy.ts';
import { expressSchema } from './emergency.ts';
import { rolloutStatusSchema } from './status.ts';
import { lineSchema, nameSchema } from './text.ts';

export const eventBodySchema = z
  .strictObject({
    /** The sender's; a second delivery of the same id does nothing. */
    id: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters without blanks'),
    type: z.enum(eventTypes),
    severity: z.enum(severities).default('critical'),
    title: lineSchema(200),
    source: lineSchema(100),
    target: z
      .exactOptional(lineSchema(200))
      .describe(
        '`environment/service`: it is refused elsewhere, so that whoever captures it can send it nowhere else.',
      ),
    /** Only if this version is being rolled out, the event does more than to be noted. */
    version: z.exactOptional(nameSchema),
  })
  .meta({ id: 'EventBody', description: 'An event from outside, signed by its sender.' });

const labelsSchema = z.record(z.string(), z.string());

/** What Alertmanager posts to a webhook, as far as it is read. */
export const alertmanagerBodySchema = z
  .looseObject({
    version: z.literal('4'),
    status: z.enum(['firing', 'resolved']),
    commonLabels: labelsSchema,
    alerts: z
      .array(
        z.looseObject({
          status: z.enum(['firing', 'resolved']),
          labels: labelsSchema,
          startsAt: z.string(),
          fingerprint: z.string(),
        }),
      )
      .min(1)
      .max(1_000),
  })
  .meta({ id: 'AlertmanagerBody', description: "Alertmanager's webhook, version 4." });
export type AlertmanagerBody = z.infer<typeof alertmanagerBodySchema>;

/** As others post them. */
export const outsideEventSchema = z.union([eventBodySchema, alertmanagerBodySchema]);

export const eventAnswerSchema = z
  .object({
    accepted: z.literal(true),
    id: z.string(),
    /** What the event did, or will do when a worker is back. Null: only the rollout knows, and it has not answered. */
    action: z.enum(eventActions).nullable(),
    /** Why the event did less than its type asks for. */
    why: z.string().nullable(),
    duplicate: z.boolean(),
    /**
     * `signal`: nobody answered in time, so the event was left for the next worker. `stop`: Temporal could not be told,
     * but the canary is stopped in the data plane, where the rollout will find it.
     */
    via: z.enum(['update', 'signal', 'stop']),
    status: rolloutStatusSchema.nullable(),
    /** Only of a rollback whose canary was not promoted yet. */
    express: z.exactOptional(expressSchema),
  })
  .meta({ id: 'EventAnswer' });
export type EventAnswer = z.infer<typeof eventAnswerSchema>;
