/** Examples of the document: one bundle of evidence, and what is done with it. */
import { actor, atMs, runId, target } from './rollouts.ts';

const sha256 = '3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b';

const bundle = {
  manifest: {
    format: 'sluice-evidence/1',
    target,
    environment: 'prod',
    service: 'shop',
    version: 'v2',
    workflowId: 'rollout/prod/shop',
    runId,
    runs: [runId],
    outcome: 'rolled-back',
    temporalStatus: 'COMPLETED',
    startedAtMs: atMs,
    endedAtMs: atMs + 70_000,
    collectedAtMs: atMs + 71_000,
    position: 1,
    previous: null,
    files: [{ path: 'audit.json', mediaType: 'application/json', bytes: 9120, sha256 }],
    missing: [],
  },
  sha256,
  signedBy: null,
  holds: [],
  held: false,
  pruned: null,
} as const;

const hold = { action: 'hold', target, runId, actor, reason: 'case 17', atMs: atMs + 80_000 } as const;
const held = { ...bundle, holds: [hold], held: true };

export const evidenceExamples = {
  listEvidence: {
    answer: { bundles: [{ ...bundle, problem: null }], total: 1, damaged: [], failing: [], next: null },
  },
  pruneEvidence: {
    body: { actor, dryRun: true },
    answer: { retentionDays: 400, dryRun: true, pruned: [], held: [], problems: [] },
  },
  getFindings: {
    answer: {
      target,
      version: 'v2',
      outcome: null,
      underWay: true,
      gates: [
        {
          name: 'scan',
          gate: 'trivy',
          type: 'vulnerabilities',
          place: 'start',
          answer: 'refuse',
          reason: '1 critical, which is over 0: CVE-2026-0001 (critical) in openssl 3.0.1, mended in 3.0.2',
          facts: { format: 'trivy', counts: { critical: 1, high: 0, medium: 3, low: 9 } },
          reports: [{ name: 'scan.json', mediaType: 'application/json', bytes: 9120, sha256, key: null }],
          atMs,
        },
      ],
      unanswered: [{ name: 'sign-off', type: 'approval', place: 0 }],
      unasked: [{ type: 'signature', question: 'who built and signed the image' }],
      vulnerabilities: [
        {
          gate: 'scan',
          counts: [
            { severity: 'critical', count: 1 },
            { severity: 'high', count: 0 },
          ],
          over: ['CVE-2026-0001 (critical) in openssl 3.0.1, mended in 3.0.2'],
          excepted: [],
          expired: [],
        },
      ],
      compliance: [
        {
          gate: 'phases',
          score: 96,
          phases: [
            {
              ...{ phase: 'S1', required: true, complete: true, score: 100 },
              attestations: [{ title: 'unit tests', state: 'passed', why: '' }],
            },
          ],
        },
      ],
      controls: [{ id: 'SOC 2 CC8.1', met: true, gate: 'phases' }],
      unnamedControls: 0,
      readiness: [
        {
          ...{ gate: 'ready', ready: true, reason: 'score 95 of 100', score: 95, blockers: [] },
          actions: ['write a runbook'],
          categories: [{ category: 'reliability', score: 95, checks: null }],
        },
      ],
      events: [],
      bundle: null,
    },
  },
  getEvidence: { answer: bundle },
  collectEvidence: { body: {}, answer: { bundle, created: true } },
  downloadEvidence: {},
  verifyEvidence: {
    answer: {
      ok: true,
      target,
      position: 1,
      runId,
      problems: [],
      notes: ['it is not signed'],
      files: 1,
      signature: 'none',
      signedBy: null,
      replay: { agreed: true, detail: '64 events were replayed through this build' },
    },
  },
  holdEvidence: { body: { actor, reason: 'case 17' }, answer: held },
  releaseEvidence: {
    body: { actor, reason: 'case 17 is closed' },
    answer: {
      ...held,
      held: false,
      holds: [hold, { ...hold, action: 'release', reason: 'case 17 is closed', atMs: atMs + 90_000 }],
    },
  },
  getReport: { answer: '# Deployment of shop v2 to prod\n' },
} as const;
