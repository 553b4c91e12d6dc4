/**
 * Evidence as the API serves it: the archive, what Temporal still knows, and what the keeper says that it could not
 * keep.
 */
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { decoded } from '../../codec/readable.ts';
import { SluiceError } from '../../domain/errors.ts';
import { keeperId } from '../../domain/evidence/keeper.ts';
import type { Place } from '../../domain/evidence/layout.ts';
import type { Manifest } from '../../domain/evidence/types.ts';
import { type TargetId, targetOf } from '../../domain/plan/types.ts';
import { type Archive, bundleAt, filesAt, findPlace, manifestAt, placeFor } from '../../evidence/archive.ts';
import { collect } from '../../evidence/collect.ts';
import { setHold } from '../../evidence/holds.ts';
import { inspect } from '../../evidence/inspect.ts';
import { prune } from '../../evidence/prune.ts';
import type { BundleReplay } from '../../evidence/replay.ts';
import { firstAnswer, firstAsked } from '../../evidence/requests.ts';
import { packTar } from '../../evidence/tar.ts';
import { versionsOf } from '../../evidence/versions.ts';
import {
  type EvidenceState,
  hasEnded,
  type PruneBody,
  pruneAnswerSchema,
  type RolloutSummary,
} from '../contract.ts';
import type { EvidenceService, KeyOf, RunRef } from '../service.ts';
import { type TemporalDeps, within, workerTimeoutMs } from '../temporal/calls.ts';
import { needSame, onceId } from '../temporal/once.ts';
import { askedEvery } from '../temporal/recent-pages.ts';
import { describeLatest } from '../temporal/view.ts';
import { BundleLister } from './list.ts';
import { recordOf } from './record-of.ts';

interface EvidenceDeps extends TemporalDeps {
  readonly archive: Archive;
  readonly replay: BundleReplay;
  /** The built workflow code. */
  readonly bundlePath: string;
}

/** Looked at once in so long, however many ask. */
const failingEveryMs = 5_000;

export function createEvidenceService(deps: EvidenceDeps): EvidenceService {
  const { archive, replay } = deps;
  const recent = askedEvery<Failing>(failingEveryMs);
  const failing = () => recent.of(keeperId, () => failingNow(deps.client));
  const lister = new BundleLister(archive, failing);
  const placeOf = (ref: RunRef) => placeFor(archive, targetOf(ref), ref.runId);
  return {
    list: (query, sees = null) => lister.page(query, sees),
    show: async (ref) => await bundleAt(archive, await placeOf(ref)),
    archive: async (ref) => {
      const place = await placeOf(ref);
      const { manifest, pruned } = await bundleAt(archive, place);
      if (pruned !== null) throw deleted(place, pruned.atMs);
      return { name: archiveName(manifest), content: packTar(await filesAt(archive, place)) };
    },
    verify: async (ref) => await inspect(archive, await placeOf(ref), replay),
    collect: async (ref, once = null) =>
      once === null ? await collectNow(deps, await endedOf(deps, ref)) : await collectOnce(deps, ref, once),
    hold: async (ref, action, { actor, reason }, key = null) => {
      const place = await placeOf(ref);
      const { manifest } = await bundleAt(archive, place);
      const first = await setHold(archive, manifest, {
        ...{ action, actor, reason, atMs: Date.now() },
        ...(key === null ? {} : { request: onceId(action, actor, key) }),
      });
      if (first !== null) needSame([first.reason], [reason]);
      return await bundleAt(archive, place);
    },
    prune: (body, key = null) => (key === null ? pruneNow(archive, body) : pruneOnce(archive, body, key)),
    state: (view) => stateOf(archive, failing, view),
  };
}

function deleted({ target, position }: Place, atMs: number): SluiceError {
  const when = new Date(atMs).toISOString();
  return new SluiceError(
    'evidence-pruned',
    `The files of bundle ${position} of ${target} were deleted at ${when}.`,
  );
}

/** Whoever downloads several must be able to tell them apart. */
function archiveName({ environment, service, version, position }: Manifest): string {
  const of = [environment, service, ...(version === null ? [] : [version])].join('-');
  return `${of}-evidence-${position}.tar`.replaceAll(/[^\w.-]/g, '_');
}

/** Errors: `evidence-early`, `rollout-not-found`, `temporal-unavailable`. */
async function endedOf(deps: EvidenceDeps, ref: RunRef): Promise<RolloutSummary> {
  const { summary } = await describeLatest(deps, ref);
  if (hasEnded(summary)) return summary;
  const detail = `The rollout of ${targetOf(ref)} has not ended (${summary.temporalStatus}).`;
  throw new SluiceError('evidence-early', detail);
}

async function collectNow(deps: EvidenceDeps, summary: RolloutSummary) {
  const { archive, client } = deps;
  const rollout = await recordOf(deps, summary);
  const server = async () =>
    (await within(client, workerTimeoutMs, () => client.workflowService.getSystemInfo({}))).serverVersion;
  const versions = await versionsOf(deps.bundlePath, server);
  const { position, created } = await collect(archive, rollout, { versions, nowMs: Date.now });
  return { bundle: await bundleAt(archive, { target: summary.target, position }), created };
}

const collectAskedSchema = z.strictObject({
  atMs: z.number(),
  /** The run that was named; null: the latest one. */
  named: z.string().nullable(),
  /** The run that this was then. */
  runId: z.string(),
  /** Whether its bundle was there already. */
  there: z.boolean(),
});

/** The latest rollout may be another one by now, and Temporal may have forgotten the first. */
async function collectOnce(deps: EvidenceDeps, ref: RunRef, { key, actor }: KeyOf) {
  const { archive } = deps;
  const target = targetOf(ref);
  const named = ref.runId ?? null;
  const placeOf = (runId: string) => findPlace(archive, target, runId);
  const request = onceId(`collect ${target}`, actor, key);
  const described: RolloutSummary[] = [];
  const first = await firstAsked(archive, request, collectAskedSchema, async () => {
    const summary = await endedOf(deps, ref);
    described.push(summary);
    const { runId } = summary;
    return { atMs: Date.now(), named, runId, there: (await placeOf(runId)) !== null };
  });
  needSame([first.named], [named]);
  const { runId, there } = first;
  const place = await placeOf(runId);
  if (place) return { bundle: await bundleAt(archive, place), created: !there };
  // Of two who ask first at once, the other may have found another run.
  const seen = described.find((summary) => summary.runId === runId);
  const { bundle } = await collectNow(deps, seen ?? (await endedOf(deps, { ...ref, runId })));
  return { bundle, created: !there };
}

async function pruneNow(archive: Archive, { actor, dryRun = false }: PruneBody) {
  return await prune(archive, { by: actor, nowMs: Date.now(), dryRun });
}

const pruneAskedSchema = z.strictObject({ atMs: z.number(), dryRun: z.boolean() });

/** What has come due since the first time stays. */
async function pruneOnce(archive: Archive, { actor: by, dryRun = false }: PruneBody, key: string) {
  const request = onceId('prune', by, key);
  const ask = async () => ({ atMs: Date.now(), dryRun });
  const first = await firstAsked(archive, request, pruneAskedSchema, ask);
  needSame([first.dryRun], [dryRun]);
  return await firstAnswer(archive, request, {
    schema: pruneAnswerSchema,
    answer: () => prune(archive, { by, nowMs: Date.now(), dueAtMs: first.atMs, dryRun, request }),
    isLast: ({ problems }) => problems.length === 0,
  });
}

async function stateOf(
  archive: Archive,
  failing: () => Promise<Failing>,
  view: { target: TargetId; runId: string; endedAtMs: number | null },
): Promise<EvidenceState> {
  try {
    const place = await findPlace(archive, view.target, view.runId, view.endedAtMs ?? 0);
    const found = place && (await manifestAt(archive, place));
    if (found) {
      const { sha256, signedBy } = found;
      return { state: 'kept', position: found.body.position, sha256, signedBy };
    }
    const failed = (await failing()).find(({ runId }) => runId === view.runId);
    return failed ? { state: 'failing', tries: failed.tries, problem: failed.problem } : { state: 'waiting' };
  } catch (error) {
    if (error instanceof SluiceError) return { state: 'unknown', problem: error.message };
    throw error;
  }
}

const failingSchema = z.object({
  failing: z.array(
    z.object({ target: z.string(), runId: z.string(), tries: z.number(), problem: z.string() }),
  ),
});

type Failing = z.infer<typeof failingSchema>['failing'];

/** From the heartbeat of the keeper's activity. Empty as well when there is no keeper. */
async function failingNow(client: Client): Promise<Failing> {
  try {
    const handle = client.workflow.getHandle(keeperId);
    const { raw } = await within(client, workerTimeoutMs, () => handle.describe());
    const beats = (raw.pendingActivities ?? []).map(({ heartbeatDetails }) =>
      failingSchema.safeParse(decoded(heartbeatDetails?.payloads?.[0])),
    );
    return beats.flatMap((reading) => (reading.success ? reading.data.failing : []));
  } catch {
    return [];
  }
}
