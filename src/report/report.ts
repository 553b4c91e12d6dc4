/** The kinds of reports, and how each is written down. A new kind is one file and one line here. */
import type { ReportDocument } from './document.ts';
import { htmlOf } from './html.ts';
import { complianceReport } from './kinds/compliance.ts';
import { deploymentReport } from './kinds/deployment.ts';
import { incidentReport } from './kinds/incident.ts';
import { performanceReport } from './kinds/performance.ts';
import { readinessReport } from './kinds/readiness.ts';
import { securityReport } from './kinds/security.ts';
import { markdownOf } from './markdown.ts';
import type { ReportFormat, ReportKind } from './names.ts';
import type { ReportSource } from './source.ts';

const kinds: Readonly<Record<ReportKind, (source: ReportSource) => ReportDocument>> = {
  deployment: deploymentReport,
  readiness: readinessReport,
  security: securityReport,
  performance: performanceReport,
  incident: incidentReport,
  compliance: complianceReport,
};

export function writeReport(source: ReportSource, kind: ReportKind, format: ReportFormat): string {
  const document = kinds[kind](source);
  return format === 'html' ? htmlOf(document) : markdownOf(document);
}
