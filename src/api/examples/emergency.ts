/** Examples of the document: an emergency, from the stop to its release. */
import { actor, atMs, runId, target } from './rollouts.ts';

const reason = 'payments fail everywhere';
const stop = {
  restored: [{ target, traffic: 'haproxy', tookMs: 2.1 }],
  notRestored: [],
  listProblem: null,
} as const;
const links = { self: '/v1/emergency-rollbacks/prod' };
const order = { id: 'prod', scope: ['prod'], to: null, actor, reason } as const;

const summary = {
  ...order,
  workflowId: 'emergency/prod',
  runId,
  phase: 'restored',
  open: true,
  openedAtMs: atMs,
  closedAtMs: null,
  links,
} as const;

const status = {
  ...order,
  phase: 'restored',
  targets: [
    {
      target,
      traffic: 'haproxy',
      runId,
      told: true,
      promoted: false,
      progress: 'verified',
      reason: null,
      version: null,
      goodReads: 2,
      looks: 2,
      switchedAtMs: null,
      foundAtMs: atMs,
      restoredAtMs: atMs + 40,
      verifiedAtMs: atMs + 2000,
    },
  ],
  unknown: [],
  problem: null,
  sweeps: 2,
  incident: {
    severity: 1,
    state: 'open',
    title: `emergency rollback of prod: ${reason}`,
    summary: '1 of 1 restored',
    openedAtMs: atMs,
    updatedAtMs: atMs + 2000,
    closedAtMs: null,
  },
  release: null,
  timeline: [{ atMs, text: `opened: ${reason}`, actor }],
} as const;

export const emergencyExamples = {
  emergencyStop: {
    body: { scope: { environments: ['prod'] }, reason, actor },
    answer: { ...stop, told: 1, notTold: [] },
  },
  getEmergencyStop: {
    answer: {
      stops: [
        { traffic: 'haproxy', stopped: true },
        { traffic: 'edge', stopped: false },
      ],
      orders: [{ actor, reason, atMs, emergency: null }],
    },
  },
  releaseEmergencyStop: {
    body: { actor, reason: 'the provider is back' },
    answer: { released: ['haproxy', 'edge'], notReleased: [], notStopped: ['edge'] },
  },
  openEmergency: {
    body: { scope: ['prod'], reason, actor },
    answer: { id: 'prod', workflowId: 'emergency/prod', runId, created: true, workerSeen: true, stop, links },
  },
  listEmergencies: { answer: { emergencies: [summary], next: null } },
  getEmergency: { answer: { ...summary, status, workerAnswered: true } },
  releaseEmergency: {
    body: { actor, reason: 'the provider is back' },
    answer: {
      accepted: true,
      via: 'update',
      status: {
        ...status,
        phase: 'released',
        release: { actor, reason: 'the provider is back', atMs: atMs + 600_000 },
      },
    },
  },
} as const;
