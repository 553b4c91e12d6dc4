/** Reports of rollouts: of their bundles where these are kept, else of what Temporal knows now. */
import { SluiceError } from '../../domain/errors.ts';
import type { Place } from '../../domain/evidence/layout.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { type Archive, bundleAt, filesAt, findPlace, placesIn } from '../../evidence/archive.ts';
import { contentOf } from '../../evidence/content.ts';
import { checkBundle } from '../../evidence/verify.ts';
import { versionsOf } from '../../evidence/versions.ts';
import { findingsOf, withLiveAnswers } from '../../report/findings.ts';
import { writeReport } from '../../report/report.ts';
import { type Proof, sourceOf } from '../../report/source.ts';
import type { Findings } from '../contract.ts';
import type { FindingsReader, ReportWriter, RunRef } from '../service.ts';
import type { TemporalDeps } from '../temporal/calls.ts';
import { Pasts } from '../temporal/pasts.ts';
import { type Described, describe, describeLatest, liveGatesOf } from '../temporal/view.ts';
import { recordOf } from './record-of.ts';

interface ReportDeps extends TemporalDeps {
  /** Null: no evidence is kept. */
  readonly archive: Archive | null;
  readonly bundlePath: string;
}

interface Reports {
  readonly report: ReportWriter;
  readonly findings: FindingsReader;
}

export function createReports(deps: ReportDeps): Reports {
  const ofBundle = async (ref: RunRef) => {
    const place = deps.archive === null ? null : await bundleOf(deps, deps.archive, ref);
    return deps.archive !== null && place !== null ? await kept(deps.archive, place) : null;
  };
  const found = new Pasts<Findings>();
  const ofHistory = async (ref: RunRef) => {
    const described = await describeLatest(deps, ref);
    const told = await found.of(described, async () => findingsOf(await live(deps, described)));
    return withLiveAnswers(told, liveGatesOf(described.raw));
  };
  return {
    report: async (ref, kind, format) => {
      const source = (await ofBundle(ref)) ?? (await live(deps, await describeLatest(deps, ref)));
      return writeReport(source, kind, format);
    },
    findings: async (ref) => {
      const source = await ofBundle(ref);
      return source === null ? await ofHistory(ref) : findingsOf(source);
    },
  };
}

/** Of the latest rollout, if no run is named; its latest bundle, if Temporal cannot say which that is. */
async function bundleOf(deps: ReportDeps, archive: Archive, ref: RunRef): Promise<Place | null> {
  const target = targetOf(ref);
  if (ref.runId !== undefined) return await findPlace(archive, target, ref.runId);
  const latest = await describe(deps, ref).catch((error: unknown) => {
    if (error instanceof SluiceError) return null;
    throw error;
  });
  if (latest === null) return (await placesIn(archive, target)).at(-1) ?? null;
  return await findPlace(archive, target, latest.summary.runId, latest.summary.endedAtMs ?? 0);
}

async function kept(archive: Archive, place: Place) {
  const { manifest, sha256, signedBy, pruned } = await bundleAt(archive, place);
  if (pruned !== null) {
    const when = new Date(pruned.atMs).toISOString();
    const detail = `The files of bundle ${place.position} of ${place.target} were deleted at ${when}.`;
    throw new SluiceError('evidence-pruned', detail);
  }
  const files = await filesAt(archive, place);
  const trusted = await archive.trusted();
  const { signature } = checkBundle(files, trusted);
  const [problem] = checkBundle(files, new Set()).problems;
  if (problem !== undefined) {
    const detail = `Bundle ${place.position} of ${place.target} is not sound, so no report is made of it: ${problem}.`;
    throw new SluiceError('evidence-damaged', detail);
  }
  const doubted = trusted.size > 0 && signature !== 'trusted';
  const missing = [...manifest.missing, ...(doubted ? ['it is not signed by a trusted key'] : [])];
  const { position, collectedAtMs } = manifest;
  const proof: Proof = { position, sha256, signedBy, collectedAtMs, files: manifest.files, missing };
  return sourceOf(files, proof);
}

async function live(deps: ReportDeps, { summary }: Pick<Described, 'summary'>) {
  const rollout = await recordOf(deps, summary);
  const versions = await versionsOf(deps.bundlePath, async () => null);
  const report = async (key: string) => (await deps.archive?.store.get(key)) ?? null;
  const { files } = await contentOf(rollout, { versions, report });
  return sourceOf(new Map([...files].map(([path, { content }]) => [path, content])), null);
}
