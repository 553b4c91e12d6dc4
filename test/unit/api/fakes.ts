/** Stand-ins for what the HTTP layer is given: rollouts that answer as told and remember what they were asked. */

import { type EmergencyView, linksOf, type RolloutView } from '../../../src/api/contract.ts';
import { noEvidence } from '../../../src/api/evidence/none.ts';
import type {
  ApiDeps,
  EvidenceService,
  NoticeService,
  PlanParse,
  RolloutService,
} from '../../../src/api/service.ts';
import type { EmergencyStatus } from '../../../src/domain/emergency/status.ts';
import type { TargetRecord } from '../../../src/domain/emergency/types.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { defaultEventPolicy } from '../../../src/domain/plan/event-policy.ts';
import type { Plan } from '../../../src/domain/plan/types.ts';
import type { RolloutStatus } from '../../../src/domain/rollout/status.ts';
import { approvalLinks } from '../../../src/providers/approval-links.ts';
import { createMemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { plainConfiguration } from '../../support/configuration.ts';
import { exampleFindings } from '../../support/findings.ts';

export const runId = '0190b8a4-7c1d-7000-8000-000000000001';

export function planOf(changes: Partial<Plan> = {}): Plan {
  return {
    service: 'shop',
    environment: 'demo',
    version: 'v2',
    traffic: { name: 'memory', options: {} },
    metrics: { name: 'memory', options: {} },
    workload: { name: 'external', options: {} },
    stages: [],
    analysis: { intervalMs: 5000, onInconclusive: 'hold' },
    rollback: { timeoutMs: 30_000, strategy: 'immediate', secondMeans: [], proof: 'read' },
    lease: { ttlMs: 45_000, orphanGraceMs: 45_000 },
    maxDurationMs: 3_600_000,
    onConflict: 'reject',
    drift: 'hold',
    events: defaultEventPolicy,
    watchAfterMs: 0,
    ...changes,
  };
}

export function statusOf(changes: Partial<RolloutStatus> = {}): RolloutStatus {
  return {
    target: 'demo/shop',
    service: 'shop',
    environment: 'demo',
    version: 'v2',
    phase: 'soaking',
    outcome: null,
    stage: 0,
    stages: [{ name: '10%', weightPercent: 10, soakMs: 20_000, warmUpMs: 0 }],
    askedPercent: 10,
    paused: false,
    holdReason: null,
    arms: null,
    cause: null,
    reports: [],
    startedAtMs: 1000,
    endedAtMs: null,
    restoredAtMs: null,
    rollback: null,
    limitAtMs: 3_601_000,
    legal: ['promote', 'pause', 'rollback'],
    timeline: [
      { atMs: 1000, kind: 'started', text: 'rollout of shop v2 to demo', stage: null, actor: 'ada' },
    ],
    droppedEntries: 0,
    ...changes,
  };
}

/** So many entries of a story, a second apart: "happening 1" and so on. */
export function happenings(count: number): RolloutStatus['timeline'] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: index * 1000,
    kind: 'command' as const,
    text: `happening ${index + 1}`,
    stage: null,
    actor: null,
  }));
}

export function viewOf(status: Partial<RolloutStatus> = {}, changes: Partial<RolloutView> = {}): RolloutView {
  const full = statusOf(status);
  return {
    target: 'demo/shop',
    environment: 'demo',
    service: 'shop',
    version: 'v2',
    phase: full.phase,
    stage: full.stage,
    outcome: full.outcome,
    workflowId: 'rollout/demo/shop',
    runId,
    temporalStatus: full.outcome ? 'COMPLETED' : 'RUNNING',
    startedAtMs: full.startedAtMs,
    endedAtMs: full.endedAtMs,
    status: full,
    live: null,
    workerAnswered: true,
    links: linksOf('demo', 'shop', runId),
    ...changes,
  };
}

export function targetRecordOf(changes: Partial<TargetRecord> = {}): TargetRecord {
  return {
    target: 'prod/shop',
    traffic: 'main',
    runId,
    told: true,
    promoted: false,
    progress: 'verified',
    reason: null,
    version: null,
    goodReads: 2,
    looks: 2,
    switchedAtMs: null,
    foundAtMs: 1000,
    restoredAtMs: 1000,
    verifiedAtMs: 2000,
    ...changes,
  };
}

export function emergencyViewOf(changes: Partial<EmergencyStatus> = {}): EmergencyView {
  const order = { id: 'prod', scope: ['prod'], to: null, actor: 'ada', reason: 'fire' };
  const targets = changes.targets ?? [];
  const status: EmergencyStatus = {
    ...order,
    phase: 'restoring',
    targets,
    unknown: [],
    problem: null,
    sweeps: 1,
    incident: {
      severity: 1,
      state: 'open',
      title: 'emergency rollback of prod: fire',
      summary: `${targets.length} of ${targets.length} restored`,
      openedAtMs: 1000,
      updatedAtMs: 2000,
      closedAtMs: null,
    },
    release: null,
    timeline: [{ atMs: 1000, text: 'opened: fire', actor: 'ada' }],
    ...changes,
  };
  return {
    ...order,
    workflowId: 'emergency/prod',
    runId,
    phase: status.phase,
    open: true,
    openedAtMs: 1000,
    closedAtMs: null,
    links: { self: '/v1/emergency-rollbacks/prod' },
    status: {
      ...status,
      scope: [...status.scope],
      targets: [...targets],
      unknown: [...status.unknown],
      timeline: [...status.timeline],
    },
    workerAnswered: true,
  };
}

interface Call {
  readonly method: keyof RolloutService;
  readonly args: readonly unknown[];
}

/** Everything that is not overridden fails loudly. */
export function fakeRollouts(overrides: Partial<RolloutService> = {}): RolloutService & { calls: Call[] } {
  const calls: Call[] = [];
  const watched =
    <K extends keyof RolloutService>(method: K) =>
    async (...args: never[]): Promise<never> => {
      calls.push({ method, args });
      const answer = overrides[method] as ((...given: never[]) => Promise<never>) | undefined;
      if (!answer) throw new Error(`nobody expected ${method}`);
      return await answer(...args);
    };
  return {
    calls,
    examine:
      overrides.examine ??
      (async ({ plan, warnings = [] }) => ({ plan, problems: [], warnings, recommendations: [] })),
    start: watched('start'),
    list: watched('list'),
    running: watched('running'),
    glance: watched('glance'),
    get: watched('get'),
    command: watched('command'),
    event: watched('event'),
    audit: watched('audit'),
    series: watched('series'),
    rollbacks: watched('rollbacks'),
    emergencyStop: watched('emergencyStop'),
    stopOfAll:
      overrides.stopOfAll ?? (async () => ({ stops: [{ traffic: 'main', stopped: false }], orders: [] })),
    release: watched('release'),
    openEmergency: watched('openEmergency'),
    emergencies: watched('emergencies'),
    emergency: watched('emergency'),
    releaseEmergency: watched('releaseEmergency'),
    readiness: watched('readiness'),
  };
}

export function fakeNotices(overrides: Partial<NoticeService> = {}): NoticeService {
  const nobody = async (): Promise<never> => {
    throw new Error('nobody expected a question about notices');
  };
  return {
    of: nobody,
    acknowledge: nobody,
    incidents: nobody,
    incident: nobody,
    close: nobody,
    ...overrides,
  };
}

/** Understands plans of one key: `version`. */
export function fakeDeps(rollouts: RolloutService, evidence: EvidenceService = noEvidence): ApiDeps {
  return {
    rollouts,
    evidence,
    findings: exampleFindings,
    report: async (_ref, kind, format) => `${kind} as ${format}`,
    notices: fakeNotices(),
    plans: {
      parse: parseFake,
      parseText: (text) => parseFake({ version: /version: (\S+)/.exec(text)?.[1] ?? 7 }),
    },
    approvals: { links: approvalLinks({ secret: null }), url: null },
    codec: null,
    eventKeys: { secrets: async () => [], tokens: async () => [] },
    catalogue: () => ({ traffic: ['memory'] }),
    configuration: plainConfiguration,
    metrics: () => createMemoryMetrics(),
  };
}

function parseFake(input: unknown): PlanParse {
  const version =
    typeof input === 'object' && input !== null && 'version' in input ? input.version : undefined;
  const warnings = [{ path: 'stages[0].soak', message: 'no soak' }];
  return typeof version === 'string'
    ? { ok: true, plan: planOf({ version }), warnings }
    : { ok: false, problems: [{ path: 'version', message: 'must be a text' }], warnings };
}

export function failing(code: ConstructorParameters<typeof SluiceError>[0], message: string) {
  return async () => {
    throw new SluiceError(code, message);
  };
}
