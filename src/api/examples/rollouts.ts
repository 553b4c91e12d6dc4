/** Examples of the document: one rollout, from its start to a rollback. */
import { linksOf } from '../contract/rollouts.ts';

const environment = 'prod';
const service = 'shop';
export const target = 'prod/shop';
export const runId = '0190b8a4-7c1d-7000-8000-000000000001';
export const atMs = 1_790_000_000_000;
const workflowId = 'rollout/prod/shop';
export const actor = 'ann@example.com';

export const plan = {
  service,
  environment,
  version: 'v2',
  traffic: 'haproxy',
  metrics: 'prometheus',
  checks: ['success-rate'],
  stages: [{ weight: 10, soak: '10m' }],
};

const verdict = {
  check: 'success-rate',
  kind: 'fail',
  reason: '5.1 % of requests failed, stable 0.4 %',
  canary: 5.1,
  stable: 0.4,
  canarySamples: 1960,
  stableSamples: 17_640,
  atMs,
} as const;

const summary = {
  target,
  environment,
  service,
  version: 'v2',
  phase: 'soaking',
  stage: 0,
  outcome: null,
  workflowId,
  runId,
  temporalStatus: 'RUNNING',
  startedAtMs: atMs,
  endedAtMs: null,
} as const;

const status = {
  target,
  service,
  environment,
  version: 'v2',
  phase: 'soaking',
  outcome: null,
  stage: 0,
  stages: [{ name: '10%', weightPercent: 10, soakMs: 600_000, warmUpMs: 0 }],
  askedPercent: 10,
  paused: false,
  holdReason: null,
  arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
  cause: null,
  reports: [],
  startedAtMs: atMs,
  endedAtMs: null,
  restoredAtMs: null,
  rollback: null,
  limitAtMs: atMs + 7_200_000,
  legal: ['promote', 'pause', 'rollback'],
  timeline: [{ atMs, kind: 'started', text: 'rollout of shop v2 to prod', stage: null, actor }],
  droppedEntries: 0,
} as const;

export const record = {
  target,
  version: 'v2',
  stableVersion: 'v1',
  trigger: 'check',
  reason: `success-rate: ${verdict.reason}`,
  actor: null,
  evidence: [verdict],
  firstBadAtMs: atMs,
  decidedAtMs: atMs + 10_000,
  restoredAtMs: atMs + 10_040,
  decideMs: 10_000,
  restoreMs: 40,
  exposedMs: 60_040,
  canaryRequests: 1960,
  actions: [{ kind: 'restored', text: 'the data plane reads 0 %', atMs: atMs + 10_040, afterMs: 40 }],
} as const;

const links = linksOf(environment, service, runId);

export const rolloutExamples = {
  startRollout: {
    body: { plan, actor, reason: 'release 42' },
    answer: {
      target,
      workflowId,
      runId,
      version: 'v2',
      created: true,
      workerSeen: true,
      warnings: [],
      links,
    },
  },
  listRollouts: { answer: { rollouts: [summary], next: null } },
  getRollout: { answer: { ...summary, status, live: null, workerAnswered: true, links } },
  steerRollout: {
    body: { actor, reason: 'the errors are those of a partner', expect: { stage: 0, phase: 'soaking' } },
    answer: { accepted: true, via: 'update', status: { ...status, paused: true } },
  },
  watchRollouts: {
    answer: `id: Jx2k9fQa.1\nevent: rows\ndata: {"full":true,"rows":[],"gone":[],"asOfMs":1774000000000,"nowMs":1774000000400}\n\n`,
  },
  followRollout: { answer: `id: 2TgrBx0Zb1cZ4u3VnSgq9A\nevent: status\ndata: {"target":"${target}"}\n\n` },
  sendEvent: {
    body: {
      id: 'scan-4711',
      type: 'security',
      severity: 'critical',
      title: 'CVE-2030-1 is exploited',
      source: 'scanner',
      version: 'v2',
    },
    answer: {
      accepted: true,
      id: 'scan-4711',
      action: 'rollback',
      why: null,
      duplicate: false,
      via: 'update',
      status,
      express: { written: true, tookMs: 2.1 },
    },
  },
  getSeries: {
    answer: {
      target,
      runId,
      stages: [
        {
          stage: 0,
          name: '10%',
          weightPercent: 10,
          after: false,
          checks: [
            {
              name: 'success-rate',
              kind: 'threshold',
              unit: '%',
              allowed: { min: 99, max: null, beside: null, alone: null },
              record: null,
              atMs: [atMs],
              verdict: ['fail'],
              canary: [94.9],
              stable: [99.6],
              low: [null],
              high: [null],
            },
          ],
        },
      ],
      asked: { atMs: [atMs - 60_000], percent: [10] },
      measured: { atMs: [atMs], percent: [9.8] },
      liveAtMs: atMs,
    },
  },
  auditRollout: {
    answer: {
      target,
      workflowId,
      runs: [runId],
      temporalStatus: 'RUNNING',
      startedAtMs: atMs,
      endedAtMs: null,
      plan,
      events: 24,
      actions: [
        {
          atMs,
          eventId: 1,
          via: 'start',
          name: 'start',
          actor,
          reason: 'release 42',
          requestId: null,
          identity: 'sluice-api',
          refused: null,
        },
      ],
      watches: [],
      writes: [
        {
          atMs,
          eventId: 12,
          activity: 'shift',
          stage: 0,
          epoch: 179_000_000_000_001,
          askedPercent: 10,
          readBack: 10,
          tookMs: 6,
          attempt: 1,
          failure: null,
        },
      ],
      failures: [],
      timeline: status.timeline,
      replay: { agreed: true, detail: '24 events were replayed through this build' },
    },
  },
  listRollbacks: {
    answer: {
      rollbacks: [{ environment, service, runId, ended: true, record, links }],
      next: null,
      statistics: {
        count: 1,
        withoutTraffic: 0,
        byTrigger: { check: 1 },
        inTime: 1,
        late: 0,
        pending: 0,
        success: 1,
        decide: { n: 1, p50: 10_000, p95: 10_000 },
        restore: { n: 1, p50: 40, p95: 40 },
        mttdMs: 10_000,
        mttrMs: 10_040,
        canaryRequests: 1960,
        requestsKnownOf: 1,
        estimatedUsers: null,
      },
      complete: true,
      unanswered: 0,
      cutShort: [],
    },
  },
} as const;
