/** Bundles of evidence: their manifests, what became of them, and what a verification found. */
import { z } from 'zod';
import { isInside } from '../../domain/evidence/layout.ts';
import {
  type BundleFile,
  type HoldStep,
  type Manifest,
  manifestFormat,
  type Tombstone,
} from '../../domain/evidence/types.ts';
import { reportFormats, reportKinds } from '../../report/names.ts';
import { auditReplaySchema } from './audit.ts';
import { nextSchema, pagingFields } from './paging.ts';
import { runQuerySchema } from './rollouts.ts';
import { actorSchema, nameSchema, textSchema } from './text.ts';

const byRequest = z
  .exactOptional(z.string())
  .describe('By which request, where that had an Idempotency-Key.');
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const bundleFileSchema: z.ZodType<BundleFile> = z.strictObject({
  path: z.string().refine(isInside, 'leads out of the bundle'),
  mediaType: z.string(),
  bytes: z.number(),
  sha256: hash,
});

export const manifestSchema: z.ZodType<Manifest> = z
  .strictObject({
    format: z.literal(manifestFormat),
    target: z.string(),
    environment: z.string(),
    service: z.string(),
    version: z.string().nullable(),
    workflowId: z.string(),
    runId: z.string(),
    runs: z.array(z.string()),
    outcome: z.string().nullable(),
    temporalStatus: z.string(),
    startedAtMs: z.number(),
    endedAtMs: z.number(),
    collectedAtMs: z.number(),
    position: z.int().min(1),
    previous: z.strictObject({ position: z.int().min(1), sha256: hash }).nullable(),
    files: z.array(bundleFileSchema),
    missing: z.array(z.string()),
  })
  .meta({ id: 'EvidenceManifest', description: 'Names the files of a bundle and the bundle before it.' });

export const holdStepSchema: z.ZodType<HoldStep> = z
  .strictObject({
    action: z.enum(['hold', 'release']),
    target: z.string(),
    runId: z.string(),
    actor: z.string(),
    reason: z.string(),
    atMs: z.number(),
    request: byRequest,
  })
  .meta({ id: 'HoldStep' });

export const tombstoneSchema: z.ZodType<Tombstone> = z
  .strictObject({
    target: z.string(),
    runId: z.string(),
    position: z.int().min(1),
    sha256: hash,
    files: z.number(),
    retentionDays: z.number(),
    by: z.string(),
    atMs: z.number(),
    request: byRequest,
  })
  .meta({ id: 'Tombstone', description: 'The files were deleted when their time was over.' });

export const bundleSchema = z
  .object({
    manifest: manifestSchema,
    /** Of the manifest in its canonical form. */
    sha256: hash,
    /** The key that it is signed with; null: it is not signed. */
    signedBy: z.string().nullable(),
    /** The steps of its legal hold, in order. */
    holds: z.array(holdStepSchema),
    held: z.boolean(),
    pruned: tombstoneSchema.nullable(),
  })
  .meta({ id: 'EvidenceBundle' });
export type Bundle = z.infer<typeof bundleSchema>;

export const bundleListQuerySchema = z.strictObject({
  environment: z.exactOptional(nameSchema),
  service: z.exactOptional(nameSchema),
  ...pagingFields,
});
export type BundleListQuery = z.infer<typeof bundleListQuerySchema>;

export const reportQuerySchema = runQuerySchema.extend({
  kind: z.enum(reportKinds).default('deployment'),
  format: z.enum(reportFormats).default('md'),
});

const listedBundleSchema = bundleSchema
  .extend({
    /** What is wrong with its holds, so that it counts as held; null: nothing. */
    problem: z.string().nullable(),
  })
  .meta({ id: 'EvidenceListed' });
export type ListedBundle = z.infer<typeof listedBundleSchema>;

export const bundleListSchema = z
  .object({
    /** Those that were collected last come first. */
    bundles: z.array(listedBundleSchema),
    /** How many there are that fit. */
    total: z.number(),
    /** Those among them whose manifest cannot be read, so that nothing more is known. */
    damaged: z.array(z.object({ target: z.string(), position: z.number() })),
    /** Rollouts whose evidence could not be kept yet; it is tried again by itself. */
    failing: z.array(
      z.object({ target: z.string(), runId: z.string(), tries: z.number(), problem: z.string() }),
    ),
    next: nextSchema,
  })
  .meta({ id: 'EvidenceList' });
export type BundleList = z.infer<typeof bundleListSchema>;

export const bundleCollectedSchema = z
  .object({
    bundle: bundleSchema,
    /** False: it was there before. */
    created: z.boolean(),
  })
  .meta({ id: 'EvidenceCollected' });
export type BundleCollected = z.infer<typeof bundleCollectedSchema>;

export const verificationSchema = z
  .object({
    /** Nothing is wrong with what could be checked, and everything could be. */
    ok: z.boolean(),
    target: z.string().nullable(),
    position: z.number().nullable(),
    runId: z.string().nullable(),
    /** What is wrong, in words. */
    problems: z.array(z.string()),
    /** What should be known beside, in words. */
    notes: z.array(z.string()),
    files: z.number(),
    signature: z.enum(['trusted', 'unknown-key', 'none']),
    signedBy: z.string().nullable(),
    /** Null: there was nothing to replay, since the bundle is damaged or its files are gone. */
    replay: auditReplaySchema.nullable(),
  })
  .meta({ id: 'EvidenceVerification' });
export type Verification = z.infer<typeof verificationSchema>;

export const holdBodySchema = z.strictObject({ actor: actorSchema, reason: textSchema(500) });
export type HoldBody = z.infer<typeof holdBodySchema>;

export const pruneBodySchema = z.strictObject({
  actor: actorSchema,
  /** Only say what would go. */
  dryRun: z.exactOptional(z.boolean()),
});
export type PruneBody = z.infer<typeof pruneBodySchema>;

const prunedBundleSchema = z.object({
  target: z.string(),
  position: z.number(),
  runId: z.string(),
  version: z.string().nullable(),
  endedAtMs: z.number(),
});

export const pruneAnswerSchema = z
  .object({
    retentionDays: z.number(),
    dryRun: z.boolean(),
    pruned: z.array(prunedBundleSchema),
    /** Their time is over, but a legal hold keeps them. */
    held: z.array(prunedBundleSchema),
    /** Could not be pruned, and why. */
    problems: z.array(z.string()),
  })
  .meta({ id: 'EvidencePruned' });
export type PruneAnswer = z.infer<typeof pruneAnswerSchema>;
