/** Evidence as the API serves it: the archive, what Temporal still knows, and what the keeper says that it could not keep. */
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { decoded } from '../../codec/readable.ts';
import { SluiceError } from '../../domain/errors.ts';
import { keeperId } from '../../domain/evidence/keeper.ts';
import type { Place } from '../../domain/evidence/layout.ts';
import { type TargetId, targetOf } from '../../domain/plan/types.ts';
import { type Archive, bundleAt, filesAt, findPlace, manifestAt, placeFor } from '../../evidence/archive.ts';
import { collect } from '../../evidence/collect.ts';
import { setHold } from '../../evidence/holds.ts';
import { inspect } from '../../evidence/inspect.ts';
import { prune } from '../../evidence/prune.ts';
import type { BundleReplay } from '../../evidence/replay.ts';
import { packTar } from '../../evidence/tar.ts';
import { versionsOf } from '../../evidence/versions.ts';
import { type EvidenceState, hasEnded } from '../contract.ts';
import type { EvidenceService, RunRef } from '../service.ts';
import { type TemporalDeps, within, workerTimeoutMs } from '../temporal/calls.ts';
import { needSame, onceId } from '../temporal/once.ts';
import { BundleLister } from './list.ts';
import { rolloutOf } from './rollout-of.ts';

export interface EvidenceDeps extends TemporalDeps {
  readonly archive: Archive;
  readonly replay: BundleReplay;
  /** The built workflow code. */
  readonly bundlePath: string;
}

export function createEvidenceService(deps: EvidenceDeps): EvidenceService {
  const { archive, replay } = deps;
  const lister = new BundleLister(archive, () => failingNow(deps.client));
  const placeOf = (ref: RunRef) => placeFor(archive, targetOf(ref), ref.runId);
  return {
    list: (query, sees = null) => lister.page(query, sees),
    show: async (ref) => await bundleAt(archive, await placeOf(ref)),
    archive: async (ref) => {
      const place = await placeOf(ref);
      await refusePruned(archive, place);
      return packTar(await filesAt(archive, place));
    },
    verify: async (ref) => await inspect(archive, await placeOf(ref), replay),
    collect: (ref) => collectNow(deps, ref),
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
    prune: ({ actor, dryRun = false }) => prune(archive, { by: actor, nowMs: Date.now(), dryRun }),
    state: (view) => stateOf(deps, view),
  };
}

async function refusePruned(archive: Archive, place: Place): Promise<void> {
  const { pruned } = await bundleAt(archive, place);
  if (pruned === null) return;
  const when = new Date(pruned.atMs).toISOString();
  throw new SluiceError(
    'evidence-pruned',
    `The files of bundle ${place.position} of ${place.target} were deleted at ${when}.`,
  );
}

async function collectNow(deps: EvidenceDeps, ref: RunRef) {
  const { archive, client } = deps;
  const rollout = await rolloutOf(deps, ref);
  if (!hasEnded(rollout)) {
    throw new SluiceError(
      'evidence-early',
      `The rollout of ${targetOf(ref)} has not ended (${rollout.temporalStatus}).`,
    );
  }
  const server = async () =>
    (await within(client, workerTimeoutMs, () => client.workflowService.getSystemInfo({}))).serverVersion;
  const versions = await versionsOf(deps.bundlePath, server);
  const { position, created } = await collect(archive, rollout, { versions, nowMs: Date.now });
  return { bundle: await bundleAt(archive, { target: targetOf(ref), position }), created };
}

async function stateOf(
  { archive, client }: EvidenceDeps,
  view: { target: TargetId; runId: string; endedAtMs: number | null },
): Promise<EvidenceState> {
  try {
    const place = await findPlace(archive, view.target, view.runId, view.endedAtMs ?? 0);
    const found = place && (await manifestAt(archive, place));
    if (found) {
      const { sha256, signedBy } = found;
      return { state: 'kept', position: found.body.position, sha256, signedBy };
    }
    const failed = (await failingNow(client)).find(({ runId }) => runId === view.runId);
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

/** From the heartbeat of the keeper's activity. Empty as well when there is no keeper. */
async function failingNow(client: Client): Promise<z.infer<typeof failingSchema>['failing']> {
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
