/** Opens if a scanner's report is there, is fresh, and finds no more than the plan lets pass. */
import { z } from 'zod';
import { staleWhy } from '../../domain/gates/report-time.ts';
import { type Exception, judgeScan, readScan, type ScanVerdict } from '../../domain/gates/vulnerabilities.ts';
import { vulnerabilityText } from '../../domain/gates/wording.ts';
import { duration } from '../../domain/plan/document/duration-schema.ts';
import { readSettings } from '../settings.ts';
import { findReport, oneSource, reportPath, reportSettings } from './reports/source.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const most = z.int().min(0).max(100_000);
const dayMs = 86_400_000;

const bounds = z.strictObject({
  critical: most.default(0),
  high: most.default(0),
  medium: most.exactOptional(),
  low: most.exactOptional(),
  unknown: most.default(0),
});

const options = z.strictObject({
  report: reportPath,
  max: bounds
    .prefault({})
    .describe(
      'How many may be found of each severity. Default: no critical, high or unrated one, any number of others.',
    ),
  maxAge: duration(60_000, 365 * dayMs)
    .prefault('7d')
    .describe('How old a report may be that says when it was made.'),
});

/** As the workflow hands it back. */
const read = z.object({ report: z.string(), max: bounds, maxAge: z.number() });

const exception = z.strictObject({
  id: z.string().min(1).max(100),
  package: z.string().min(1).max(200).optional().describe('Default: any.'),
  reason: z.string().min(1).max(500),
  approver: z.string().min(1).max(200),
  until: z.iso.datetime({ offset: true }).describe('From then on it counts again.'),
});

const settings = z
  .strictObject({
    ...reportSettings,
    exceptions: z
      .array(exception)
      .max(500)
      .default([])
      .describe('What is let pass, by whom, why and until when.'),
  })
  .refine(oneSource, 'needs a directory or a url');

export const vulnerabilitiesGate: GateType = {
  type: 'vulnerabilities',
  summary: "A scanner's report (Trivy, Grype, SARIF, npm audit, cargo audit) within bounds by severity.",
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createVulnerabilities(readSettings('vulnerabilities', settings, given)),
};

function createVulnerabilities(known: z.output<typeof settings>): Gate {
  const exceptions = known.exceptions.map(
    ({ id, package: name, reason, approver, until }): Exception => ({
      id,
      package: name ?? null,
      reason,
      approver,
      untilMs: Date.parse(until),
    }),
  );
  return {
    async evaluate(question, signal) {
      const asked = read.parse(question.options);
      const found = await findReport(known, asked.report, question, signal);
      if ('missing' in found)
        return { answer: 'hold', reason: `${found.missing}; let the scan leave its report` };
      const reports = [{ name: found.path, mediaType: 'application/json', content: found.text }];
      return { ...judged(found.text, asked, exceptions, question), reports };
    },
    async close() {},
  };
}

function judged(
  text: string,
  asked: z.output<typeof read>,
  exceptions: readonly Exception[],
  { nowMs }: GateQuestion,
): GateVerdict {
  const scan = readScan(text);
  if ('problem' in scan) return { answer: 'refuse', reason: `${scan.problem}; let the scan run again` };
  const verdict = judgeScan(scan.found, asked.max, exceptions, nowMs);
  const facts = {
    format: scan.format,
    scannedAt: scan.scannedAtMs === null ? null : new Date(scan.scannedAtMs).toISOString(),
    counts: verdict.counts,
    excepted: verdict.excepted.slice(0, 20),
    expired: verdict.expired.slice(0, 20),
    over: verdict.over.slice(0, 10),
  };
  const stale = scan.scannedAtMs === null ? null : staleWhy(scan.scannedAtMs, asked.maxAge, nowMs);
  if (stale !== null) return { answer: 'hold', reason: `the report ${stale}; scan again`, facts };
  if (verdict.over.length > 0) return { answer: 'refuse', reason: tooMany(verdict), facts };
  const { critical, high, medium, low } = verdict.counts;
  const but = verdict.excepted.length > 0 ? `, ${verdict.excepted.length} let pass by exception` : '';
  const reason = `${critical} critical, ${high} high, ${medium} medium, ${low} low${but} (${scan.format})`;
  return { answer: 'open', reason, facts };
}

const shown = 3;

function tooMany({ over, expired }: ScanVerdict): string {
  const named = over.slice(0, shown).map(vulnerabilityText);
  const more = over.length > shown ? ` and ${over.length - shown} more` : '';
  const late =
    expired.length > 0 ? `; the exception of ${expired.slice(0, shown).join(', ')} has expired` : '';
  return `${named.join('; ')}${more}${late}; mend them, or have an exception with a reason and an end`;
}
