/** What an emergency knows of one target, and how each look at it changes that. Pure. */
import type { FindInput, FoundRollout, TargetLook } from './sweep.ts';
import type { TargetRecord } from './types.ts';

/** Good reads, in sweeps of their own, that make a target verified. */
export const readsToVerify = 2;

/** Told nobody yet, and know nothing but that the rollout is there. */
export function firstLook(found: FoundRollout): TargetLook {
  const { target, runId, phase, traffic } = found;
  return {
    target,
    traffic: traffic?.name ?? null,
    runId,
    told: false,
    promoted: phase === 'watching' || phase === 'cleaning',
    good: false,
    done: false,
    left: false,
    reason: 'just found',
    version: null,
    switched: false,
  };
}

export function knownOf({
  target,
  runId,
  told,
  promoted,
  switchedAtMs,
}: TargetRecord): FindInput['open'][number] {
  return { target, runId, told, promoted, switchedAtMs };
}

export function recordAfter(before: TargetRecord | undefined, look: TargetLook, nowMs: number): TargetRecord {
  // Another rollout of the target is another story, unless it is the one that brings the wanted version.
  const known = before && (before.runId === look.runId || !isSettled(before)) ? before : undefined;
  const goodReads = look.good ? (known?.goodReads ?? 0) + 1 : 0;
  const { target, traffic, runId, promoted, reason, version } = look;
  return {
    target,
    traffic,
    runId,
    promoted,
    reason,
    version,
    told: look.told,
    progress: progressOf(look, goodReads),
    goodReads,
    looks: (known?.looks ?? 0) + 1,
    switchedAtMs: look.switched ? nowMs : (known?.switchedAtMs ?? null),
    foundAtMs: known?.foundAtMs ?? nowMs,
    restoredAtMs: look.good ? (known?.restoredAtMs ?? nowMs) : null,
    verifiedAtMs: progressOf(look, goodReads) === 'verified' ? (known?.verifiedAtMs ?? nowMs) : null,
  };
}

function progressOf({ good, done, left }: TargetLook, goodReads: number): TargetRecord['progress'] {
  if (left) return 'left';
  if (!good) return 'not-restored';
  return done && goodReads >= readsToVerify ? 'verified' : 'restored';
}

export function isSettled({ progress }: Pick<TargetRecord, 'progress'>): boolean {
  return progress === 'verified' || progress === 'left';
}
