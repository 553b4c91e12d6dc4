/** Raw reports of gates: kept as evidence where there is a store, else only known by what they were. */
import { createHash } from 'node:crypto';
import { runFolder } from '../../domain/evidence/layout.ts';
import type { ReportRef } from '../../domain/gates/types.ts';
import type { EvidenceStore } from '../../providers/evidence/types.ts';
import type { RawReport } from '../../providers/gates/types.ts';
import { within } from '../../providers/limit.ts';
import type { Gates } from '../deps.ts';

/** A store that is away must not hold a gate's answer up for long. */
const keepWithinMs = 5_000;
const maxBytes = 20 * 1024 * 1024;

export function unkept({ name, mediaType, content }: RawReport): ReportRef {
  const bytes = Buffer.byteLength(content);
  return { name, mediaType, bytes, sha256: createHash('sha256').update(content).digest('hex'), key: null };
}

/** Named by its hash, so that a gate that finds the same again leaves nothing new. */
export function keepIn(store: EvidenceStore, onProblem: (error: unknown) => void): Gates['keep'] {
  return async ({ target, runId }, report) => {
    const ref = unkept(report);
    if (ref.bytes > maxBytes) return ref;
    const key = `${runFolder(target, runId)}${ref.sha256}`;
    try {
      await within(keepWithinMs, () => store.put(key, Buffer.from(report.content)));
      return { ...ref, key };
    } catch (error) {
      onProblem(error);
      return ref;
    }
  };
}
