/** Examples of the document: questions to people, who was told, and an incident. */
import { actor, atMs, record, runId, target } from './rollouts.ts';

const question = 'Stage "10%" has passed. Go on?';

const notices = {
  target,
  runId,
  receivers: [
    {
      name: 'oncall',
      pending: 0,
      oldestAtMs: null,
      delivered: 3,
      cooled: 0,
      lost: 0,
      lastDeliveredAtMs: atMs,
      lastProblem: null,
    },
  ],
  trouble: null,
  complete: false,
} as const;

const incident = {
  target,
  severity: 2,
  state: 'open',
  title: 'shop v2 was rolled back in prod',
  openedAtMs: atMs,
  updatedAtMs: atMs,
  recoveredAtMs: null,
  closedAtMs: null,
  acknowledgedBy: null,
  runId,
  links: {
    self: `/v1/incidents/prod/shop?run=${runId}`,
    review: `/v1/incidents/prod/shop/review?run=${runId}`,
  },
} as const;

const incidentView = {
  ...incident,
  rollouts: [{ runId, version: 'v2', author: actor, rollback: record }],
  timeline: [{ atMs, event: 'rolled-back', text: record.reason, actor: null }],
} as const;

export const peopleExamples = {
  listApprovals: {
    answer: {
      approvals: [
        {
          target,
          environment: 'prod',
          service: 'shop',
          version: 'v2',
          kind: 'stage',
          name: 'stage:0',
          question,
          author: actor,
          people: null,
          not: [],
          needed: 1,
          counted: [],
          sinceMs: atMs,
          limitAtMs: atMs + 3_600_000,
          askedPercent: 10,
          checks: { pass: 2, fail: 0, noData: 0, error: 0 },
        },
      ],
      unanswered: 0,
      next: null,
    },
  },
  makeApprovalLink: {
    body: { actor: 'bob@example.com', validForMs: 3_600_000 },
    answer: {
      url: 'https://sluice.example.com/approvals/…',
      id: 'b6a1c0',
      actor: 'bob@example.com',
      question,
      untilMs: atMs + 3_600_000,
    },
  },
  getNotices: {
    answer: { ...notices, receivers: notices.receivers.map((one) => ({ ...one, failing: null })) },
  },
  acknowledge: {
    body: { actor, reason: 'looking at the new index' },
    answer: { accepted: true, via: 'update', notices },
  },
  listIncidents: { answer: { incidents: [{ ...incident, versions: ['v2'] }], next: null } },
  getIncident: { answer: incidentView },
  getReview: { answer: '# Review: shop v2 was rolled back in prod\n' },
  closeIncident: {
    body: { actor, reason: 'the next release went well' },
    answer: { ...incidentView, state: 'closed', closedAtMs: atMs + 3_600_000 },
  },
} as const;
