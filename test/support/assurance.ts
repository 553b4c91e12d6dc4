/** Gates of security, compliance and readiness whose reports lie in a folder: some of what they ask is not well. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ago, bill, scan } from './gate-reports.ts';

interface Assurance {
  /** Sections of the operator's configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  remove(): void;
}

/** In a plan, which they refuse. */
export const assuringGates = `  - { gate: vulnerabilities, report: trivy.json, timeout: 1d }
  - { gate: sbom, report: bill.json, timeout: 1d }
  - { gate: compliance, timeout: 1d }
  - { gate: readiness, timeout: 1d }`;

export function layAssurance(): Assurance {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-assurance-'));
  const lay = (name: string, content: object) =>
    writeFileSync(join(directory, name), JSON.stringify(content));
  lay('trivy.json', scan(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']));
  lay('bill.json', bill(1));
  lay('encryption.json', { status: 'passed', at: ago(1), by: 'ann' });
  lay('readiness.json', { at: ago(0), facts: { 'threat-model': true, 'load-test-p99-seconds': 3 } });
  const exception = {
    id: 'CVE-2030-2',
    reason: 'its code is not reached',
    approver: 'sam',
    until: ago(-30),
  };
  const gates = {
    vulnerabilities: { directory, exceptions: [exception] },
    sbom: { directory },
    compliance: {
      directory,
      phases: {
        S1: {
          title: 'end-to-end encryption active',
          controls: { 'SOC 2': ['CC6.7'], 'ISO 27001': ['A.8.24'] },
          attestations: [{ name: 'encryption', report: 'encryption.json', maxAgeDays: 30 }],
        },
        S2: {
          title: 'receipt verification',
          controls: { 'SOC 2': ['PI1.4'] },
          attestations: [{ name: 'receipts', report: 'receipts.json' }],
        },
      },
    },
    readiness: {
      directory,
      report: 'readiness.json',
      categories: {
        security: [
          { name: 'no critical finding', gate: 'vulnerabilities' },
          { name: 'threat model', fact: 'threat-model', action: 'book a review' },
        ],
        performance: [
          {
            name: 'load test',
            fact: 'load-test-p99-seconds',
            max: 2,
            action: 'run the load test in staging',
          },
        ],
        reliability: [
          {
            name: 'restore drill',
            fact: 'restore-drill',
            blocker: false,
            action: 'restore a backup in staging',
          },
        ],
      },
    },
  };
  return { config: { gates }, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
