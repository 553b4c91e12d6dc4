/**
 * What reports are made of: the files of a bundle, read back. Reports look at nothing else, so they can be made again.
 */
import { z } from 'zod';
import {
  auditActionSchema,
  auditFailureSchema,
  auditWatchSchema,
  auditWriteSchema,
  gateReportSchema,
  rollbackRecordSchema,
  rolloutStatusSchema,
  timelineEntrySchema,
} from '../api/contract.ts';
import type { CheckConfig } from '../domain/analysis/types.ts';
import { SluiceError } from '../domain/errors.ts';
import type { BundleFile } from '../domain/evidence/types.ts';

const plannedGates = z.exactOptional(z.array(z.looseObject({ name: z.string(), type: z.string() })));

/** Of a plan, only what reports show. A bundle of another version may have more. */
const planSchema = z.looseObject({
  version: z.string(),
  artifact: z.record(z.string(), z.string()).optional(),
  gates: plannedGates,
  guards: plannedGates,
  stages: z.array(
    z.looseObject({
      name: z.string(),
      weightPercent: z.number(),
      soakMs: z.number(),
      warmUpMs: z.number(),
      checks: z.array(z.looseObject({ name: z.string(), kind: z.string() })),
      gates: plannedGates,
    }),
  ),
});

const rolloutSchema = z.looseObject({
  target: z.string(),
  version: z.string().nullable(),
  outcome: z.string().nullable(),
  temporalStatus: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  runs: z.array(z.string()),
  author: z.string().nullable(),
  account: rolloutStatusSchema.nullable().catch(null),
});

const fileSchemas = {
  rollout: rolloutSchema,
  plan: planSchema.nullable().catch(null),
  gates: z.array(gateReportSchema),
  actions: z.array(auditActionSchema),
  verdicts: z.array(auditWatchSchema),
  traffic: z.array(auditWriteSchema),
  failures: z.array(auditFailureSchema),
  rollback: rollbackRecordSchema.nullable(),
  timeline: z.array(timelineEntrySchema),
  versions: z.record(z.string(), z.unknown()).catch({}),
};

type Parts = { readonly [K in keyof typeof fileSchemas]: z.output<(typeof fileSchemas)[K]> };

/** The bundle that a report was made of. */
export interface Proof {
  readonly position: number;
  readonly sha256: string;
  readonly signedBy: string | null;
  readonly collectedAtMs: number;
  readonly files: readonly BundleFile[];
  readonly missing: readonly string[];
}

export interface ReportSource extends Parts {
  /** A gate's raw report that is JSON; null: it is not kept, or is something else. */
  readonly raw: (sha256: string) => unknown;
  /** Null: the rollout is under way, or no evidence is kept, and this is what its history says now. */
  readonly proof: Proof | null;
}

/** Errors: `evidence-damaged` when a file is missing or does not hold what it should. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>, proof: Proof | null): ReportSource {
  const parts = Object.entries(fileSchemas).map(([name, schema]) => {
    const content = files.get(`${name}.json`);
    const reading = content && schema.safeParse(JSON.parse(Buffer.from(content).toString('utf8')));
    if (reading?.success) return [name, reading.data];
    const why = content === undefined ? 'is missing' : 'does not hold what it should';
    throw new SluiceError('evidence-damaged', `${name}.json ${why}, so no report can be made.`);
  });
  return {
    ...(Object.fromEntries(parts) as Parts),
    proof,
    raw: (sha256) => jsonIn(files, `reports/${sha256}`),
  };
}

function jsonIn(files: ReadonlyMap<string, Uint8Array>, path: string): unknown {
  const content = files.get(path);
  try {
    return content === undefined ? null : JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return null;
  }
}

/** As the plan has it; null: the plan has no such check in that stage, as after a change of versions. */
export function checkOf({ plan }: ReportSource, stage: number | null, name: string): CheckConfig | null {
  const found = plan?.stages[stage ?? -1]?.checks.find((check) => check.name === name);
  // Parsed by its own schema when the rollout began, and sealed since.
  return found === undefined ? null : (found as unknown as CheckConfig);
}
