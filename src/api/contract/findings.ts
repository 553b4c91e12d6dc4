/** What gates found of a version: its security, its compliance, its readiness; and what nobody asked. */
import { z } from 'zod';
import { gatePlaceSchema, gateReportSchema, timelineEntrySchema } from './status.ts';

const gate = z.string().describe('The name of the gate that found it.');
const percent = z.number().describe('0 to 100.');

const vulnerabilitiesSchema = z.object({
  gate,
  counts: z.array(z.object({ severity: z.string(), count: z.number() })).describe('The worst first.'),
  over: z.array(z.string()).describe('What is over the bounds.'),
  excepted: z.array(z.string()).describe('Let pass by exception.'),
  expired: z.array(z.string()).describe('Exceptions that no longer count.'),
});

const phaseSchema = z.object({
  phase: z.string(),
  required: z.boolean(),
  complete: z.boolean(),
  score: percent.nullable(),
  attestations: z
    .array(z.object({ title: z.string(), state: z.string(), why: z.string() }))
    .nullable()
    .describe('Null: the raw report of the gate is not kept.'),
});

const complianceSchema = z.object({ gate, score: percent, phases: z.array(phaseSchema) });

const readinessCheckSchema = z.object({
  title: z.string(),
  state: z.string(),
  score: percent,
  must: z.boolean().describe('Whether it blocks.'),
  why: z.string(),
  action: z.string().nullable(),
});

const readinessFindingSchema = z.object({
  gate,
  ready: z.boolean(),
  reason: z.string(),
  score: percent.nullable(),
  blockers: z.array(z.string()),
  actions: z.array(z.string()),
  categories: z.array(
    z.object({
      category: z.string(),
      score: percent,
      checks: z.array(readinessCheckSchema).nullable().describe('Null: the raw report is not kept.'),
    }),
  ),
});

export const findingsSchema = z
  .object({
    target: z.string(),
    version: z.string().nullable(),
    outcome: z.string().nullable(),
    underWay: z.boolean(),
    /** The last answer of each gate at each place. */
    gates: z.array(gateReportSchema),
    /** Gates of the plan without an answer: to be asked yet, or, of an ended rollout, never asked. */
    unanswered: z.array(z.object({ name: z.string(), type: z.string(), place: gatePlaceSchema })),
    unasked: z.array(z.object({ type: z.string(), question: z.string() })),
    vulnerabilities: z.array(vulnerabilitiesSchema),
    compliance: z.array(complianceSchema),
    controls: z.array(z.object({ id: z.string(), met: z.boolean(), gate })),
    /** Controls that gates counted without naming them, since their raw reports are not kept. */
    unnamedControls: z.number(),
    readiness: z.array(readinessFindingSchema),
    /** Security events and alerts that the rollout was told of. */
    events: z.array(timelineEntrySchema),
    /** The bundle of evidence that this was read from; null: from the history, as it is now. */
    bundle: z.object({ position: z.number(), sha256: z.string() }).nullable(),
  })
  .meta({ id: 'Findings', description: 'What gates found of a version, and what nobody asked.' });
export type Findings = z.infer<typeof findingsSchema>;
export type ReadinessFinding = z.infer<typeof readinessFindingSchema>;
