/** Opens if a bill of materials is there, is fresh and complete, and holds nothing that the policy denies. */
import { z } from 'zod';
import { staleWhy } from '../../domain/gates/report-time.ts';
import { judgeSbom, readSbom, type SbomPolicy } from '../../domain/gates/sbom.ts';
import { duration } from '../../domain/plan/document/duration-schema.ts';
import { readSettings } from '../settings.ts';
import { findReport, oneSource, reportPath, reportSettings } from './reports/source.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const dayMs = 86_400_000;

const options = z.strictObject({
  report: reportPath,
  maxAge: duration(60_000, 3650 * dayMs)
    .prefault('30d')
    .describe('How old it may be.'),
  complete: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe('Of its components, how many percent must have a version, a licence and a package URL.'),
});

/** As the workflow hands it back. */
const read = z.object({ report: z.string(), maxAge: z.number(), complete: z.number() });

const names = z.array(z.string().min(1).max(300)).max(1_000);
const settings = z
  .strictObject({
    ...reportSettings,
    denyLicences: names.default([]).describe('SPDX ids that may not be; `AGPL-*` means all that begin so.'),
    allowLicences: names
      .optional()
      .describe('The only SPDX ids that may be. Default: any that is not denied.'),
    denyComponents: names
      .default([])
      .describe('Names or package URLs that may not be; `*` at the end as above.'),
  })
  .refine(oneSource, 'needs a directory or a url');

export const sbomGate: GateType = {
  type: 'sbom',
  summary:
    'A bill of materials (CycloneDX, SPDX) that is fresh, complete and within the policy of licences and components.',
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createSbom(readSettings('sbom', settings, given)),
};

function createSbom(known: z.output<typeof settings>): Gate {
  const policy = {
    denyLicences: known.denyLicences,
    allowLicences: known.allowLicences ?? null,
    denyComponents: known.denyComponents,
  };
  return {
    async evaluate(question, signal) {
      const asked = read.parse(question.options);
      const found = await findReport(known, asked.report, question, signal);
      if ('missing' in found)
        return { answer: 'hold', reason: `${found.missing}; let the build leave its bill of materials` };
      const reports = [{ name: found.path, mediaType: 'application/json', content: found.text }];
      return {
        ...judged(found.text, { ...policy, completePercent: asked.complete }, asked.maxAge, question),
        reports,
      };
    },
    async close() {},
  };
}

function judged(text: string, policy: SbomPolicy, maxAgeMs: number, { nowMs }: GateQuestion): GateVerdict {
  const bill = readSbom(text);
  if ('problem' in bill) return { answer: 'refuse', reason: `${bill.problem}; let the build make it anew` };
  const verdict = judgeSbom(bill.components, policy);
  const { format, subject, madeAtMs } = bill;
  const madeAt = madeAtMs === null ? null : new Date(madeAtMs).toISOString();
  const facts = { format, subject, madeAt, ...verdict };
  const closed = (answer: 'hold' | 'refuse', reason: string): GateVerdict => ({ answer, reason, facts });
  if (verdict.components === 0) return closed('refuse', 'it names no component; let the build make it anew');
  if (madeAtMs === null)
    return closed('refuse', 'it does not say when it was made; let the build make it anew');
  const stale = staleWhy(madeAtMs, maxAgeMs, nowMs);
  if (stale !== null) return closed('hold', `it ${stale}; let the build make it anew`);
  if (verdict.denied.length > 0) {
    return closed('refuse', `${verdict.denied.slice(0, 3).join('; ')}; replace it, or change the policy`);
  }
  if (verdict.completePercent < policy.completePercent) {
    const first = verdict.incomplete.slice(0, 3).join('; ');
    const has = `${verdict.completePercent.toFixed(1)} % of its components are complete, and ${policy.completePercent} % must be`;
    return closed('refuse', `${has}: ${first}; let the build tell what is missing`);
  }
  const reason = `${verdict.components} components, all within the policy (${format})`;
  return { answer: 'open', reason, facts };
}
