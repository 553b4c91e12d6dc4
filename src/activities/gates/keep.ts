/** What is known of a raw report where no store of evidence is configured: that it was there, and what it was. */
import { createHash } from 'node:crypto';
import type { ReportRef } from '../../domain/gates/types.ts';
import type { RawReport } from '../../providers/gates/types.ts';

export function unkept({ name, mediaType, content }: RawReport): ReportRef {
  const bytes = Buffer.byteLength(content);
  return { name, mediaType, bytes, sha256: createHash('sha256').update(content).digest('hex'), key: null };
}
