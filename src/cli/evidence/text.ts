/** How bundles of evidence are told to people. */
import type { Bundle, Verification } from '../../api/contract.ts';
import { stamp } from '../text.ts';

export function bundleRow({ manifest, signedBy, held, pruned }: Bundle): string[] {
  const { target, position, version, outcome, temporalStatus, endedAtMs, files, runId } = manifest;
  return [
    target,
    String(position),
    version ?? '?',
    outcome ?? temporalStatus.toLowerCase(),
    stamp(endedAtMs),
    String(files.length),
    signedBy ?? '-',
    pruned ? 'pruned' : held ? 'held' : '-',
    runId,
  ];
}

export const bundleHeader = [
  'TARGET',
  'BUNDLE',
  'VERSION',
  'OUTCOME',
  'ENDED (UTC)',
  'FILES',
  'SIGNED BY',
  'STATE',
  'RUN',
];

export function bundleLines({ manifest, sha256, signedBy, holds, pruned }: Bundle): string[] {
  const { target, position, version, outcome, temporalStatus, previous, files, missing } = manifest;
  return [
    `bundle ${position} of ${target}: ${version ?? '?'}, ${outcome ?? temporalStatus.toLowerCase()}`,
    `  rollout  ${stamp(manifest.startedAtMs)} to ${stamp(manifest.endedAtMs)} UTC, run ${manifest.runId}`,
    `  collected ${stamp(manifest.collectedAtMs)} UTC`,
    `  manifest ${sha256}`,
    `  after    ${previous ? `bundle ${previous.position}, ${previous.sha256}` : 'nothing: it is the first'}`,
    `  signed   ${signedBy ? `by ${signedBy}` : 'no'}`,
    ...holds.map(
      ({ action, actor, reason, atMs }) => `  ${action.padEnd(8)} ${stamp(atMs)} UTC by ${actor}: ${reason}`,
    ),
    ...(pruned
      ? [`  pruned   ${stamp(pruned.atMs)} UTC by ${pruned.by}, after ${pruned.retentionDays} days`]
      : []),
    ...missing.map((what) => `  missing  ${what}`),
    ...files.map(
      ({ path, bytes, sha256: hash }) => `  ${hash.slice(0, 16)}  ${String(bytes).padStart(8)}  ${path}`,
    ),
  ];
}

export function verificationLines(found: Verification, what: string): string[] {
  const { ok, target, position, runId, problems, notes, files, signature, signedBy, replay } = found;
  const named = target === null ? what : `bundle ${position} of ${target} (run ${runId})`;
  const signed = {
    trusted: `signed by the trusted key ${signedBy}`,
    'unknown-key': `signed by the key ${signedBy}`,
    none: 'not signed',
  }[signature];
  return [
    `${named}: ${ok ? 'sound' : 'NOT SOUND'}, ${files} files, ${signed}`,
    ...problems.map((problem) => `  wrong: ${problem}`),
    ...notes.map((note) => `  note: ${note}`),
    ...(replay === null ? [] : [`  replay: ${replay.agreed ? 'agreed' : 'NOT agreed'}. ${replay.detail}`]),
  ];
}
