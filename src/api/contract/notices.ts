/** Answers about who was told of a rollout, and the acknowledgement of its trouble. */
import { z } from 'zod';
import type { NoticesStatus } from '../../domain/notify/status.ts';
import { type NoticeEvent, severities } from '../../domain/notify/types.ts';
import { actorSchema, reasonSchema } from './text.ts';

const atMs = z.number().describe('epoch milliseconds');
/** More events may come. */
const event = z.string() as unknown as z.ZodType<NoticeEvent>;

const receiver = z.object({
  name: z.string(),
  pending: z.number(),
  oldestAtMs: atMs.nullable(),
  delivered: z.number(),
  cooled: z.number(),
  lost: z.number(),
  lastDeliveredAtMs: atMs.nullable(),
  lastProblem: z.string().nullable(),
});

export const noticesStatusSchema = z.object({
  target: z.string(),
  runId: z.string(),
  receivers: z.array(receiver),
  trouble: z
    .object({
      event,
      severity: z.enum(severities),
      title: z.string(),
      text: z.string(),
      sinceMs: atMs,
      ack: z.object({ actor: z.string(), reason: z.string(), atMs }).nullable(),
      escalatesAtMs: atMs.nullable(),
    })
    .nullable(),
  complete: z.boolean(),
});
noticesStatusSchema satisfies z.ZodType<NoticesStatus>;

export const noticesViewSchema = z
  .object({
    ...noticesStatusSchema.shape,
    receivers: z.array(
      receiver.extend({
        /** A message is tried again; null: none is. */
        failing: z
          .object({ attempts: z.number(), problem: z.string().nullable(), nextAtMs: atMs.nullable() })
          .nullable(),
      }),
    ),
  })
  .meta({ id: 'Notices', description: 'Who was told of a rollout, what waits, and what is open.' });
export type NoticesView = z.infer<typeof noticesViewSchema>;

export const ackBodySchema = z
  .strictObject({ actor: z.exactOptional(actorSchema), reason: z.exactOptional(reasonSchema) })
  .meta({ id: 'AckBody' });
export type AckBody = z.infer<typeof ackBodySchema>;

export const ackAnswerSchema = z
  .object({
    accepted: z.literal(true),
    /** `signal`: nobody answered in time; it is heard when the next worker does. */
    via: z.enum(['update', 'signal']),
    notices: noticesStatusSchema.nullable(),
  })
  .meta({ id: 'AckAnswer' });
export type AckAnswer = z.infer<typeof ackAnswerSchema>;
