/** The audit from a made-up history: who, what, the evidence, and the comparison with a replay. */
import { defaultPayloadConverter } from '@temporalio/client';
import { expect, test } from 'vitest';
import { auditSchema } from '../../../src/api/contract.ts';
import { agreementOf } from '../../../src/audit/agreement.ts';
import { type AuditSource, buildAudit } from '../../../src/audit/audit.ts';
import type { HistoryEvent, RunHistory } from '../../../src/audit/history.ts';
import { createReplay, type Replay } from '../../../src/audit/replay.ts';
import type { TimelineEntry } from '../../../src/domain/rollout/types.ts';
import { planOf, runId, statusOf } from './fakes.ts';

const stage = {
  name: '10%',
  weightPercent: 10,
  match: null,
  soakMs: 1,
  warmUpMs: 0,
  checks: [],
  approval: false,
  timeoutMs: null,
};
const plan = planOf({ stages: [stage] });
const verdict = {
  check: 'error-rate',
  kind: 'fail',
  reason: '5.1 % is above 1 %',
  canary: 5.1,
  stable: 0.1,
  canarySamples: 400,
  stableSamples: 3600,
  atMs: 900,
} as const;
const started: TimelineEntry = { atMs: 1, kind: 'started', text: 'begun', stage: null, actor: 'ada' };
const ended: TimelineEntry = { atMs: 9, kind: 'rolled-back', text: 'is back', stage: 0, actor: null };

function eventOf(attributes: object, index: number): HistoryEvent {
  return {
    eventId: index + 1,
    eventTime: { seconds: 10 + index, nanos: 0 },
    ...attributes,
  } as unknown as HistoryEvent;
}

const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
const scheduled = (name: string, input: object) => ({
  activityTaskScheduledEventAttributes: { activityType: { name }, input: payloads(input) },
});
const begun = { activityTaskStartedEventAttributes: { attempt: 2 } };
const completed = (scheduledEventId: number, result: unknown) => ({
  activityTaskCompletedEventAttributes: {
    scheduledEventId,
    startedEventId: scheduledEventId + 1,
    result: payloads(result),
  },
});

const history = [
  {
    workflowExecutionStartedEventAttributes: {
      input: payloads({ plan, actor: 'ada', reason: 'release day' }),
      identity: 'sluice-api',
    },
  },
  scheduled('shift', { plan, stage: 0, epoch: 7000 }),
  begun,
  completed(2, { readWeightPercent: 10 }),
  scheduled('watch', { plan, stage: 0, mode: 'soak', epoch: 7001 }),
  begun,
  completed(5, {
    ending: { kind: 'failed', check: 'error-rate', reason: '5.1 % is above 1 %' },
    carry: { watchedMs: 900, extended: false, reasserted: 0, looks: 3, checks: [] },
    verdicts: [verdict],
  }),
  {
    workflowExecutionSignaledEventAttributes: {
      signalName: 'rollback',
      input: payloads({ reason: 'users complain' }),
      identity: 'temporal-cli:bob@laptop',
    },
  },
  {
    workflowExecutionUpdateAcceptedEventAttributes: {
      acceptedRequest: {
        meta: { updateId: 'u1', identity: 'sluice-api' },
        input: { name: 'pause', args: payloads({ actor: 'eve', requestId: 'u1' }) },
      },
    },
  },
  {
    workflowExecutionUpdateCompletedEventAttributes: {
      meta: { updateId: 'u1' },
      outcome: { failure: { message: 'too late' } },
    },
  },
  { workflowExecutionCancelRequestedEventAttributes: { identity: 'temporal-ui' } },
  scheduled('restore', { plan, epoch: 7002 }),
  {
    activityTaskTimedOutEventAttributes: {
      scheduledEventId: 12,
      startedEventId: 3,
      failure: { message: 'heartbeat' },
    },
  },
  { workflowTaskFailedEventAttributes: { failure: { message: 'nondeterminism' } } },
  scheduled('ramp', { plan, stage: 0, epoch: 7003 }),
  begun,
  completed(15, { steps: [{ percent: 5, atMs: 7 }], turned: null, carry: {} }),
  {
    workflowExecutionCompletedEventAttributes: {
      result: payloads(statusOf({ timeline: [started, ended], outcome: 'rolled-back' })),
    },
  },
].map(eventOf);

const source: AuditSource = {
  target: 'demo/shop',
  workflowId: 'rollout/demo/shop',
  temporalStatus: 'COMPLETED',
  runs: [{ runId, history: { events: history } } as RunHistory],
  status: null,
};
const telling =
  (...timeline: TimelineEntry[]): Replay =>
  async () => ({ ran: true, timeline });

test('names who did what and why, and the client that Temporal recorded', async () => {
  const { actions } = auditSchema.parse(await buildAudit(source, telling(started, ended)));
  expect(
    actions.map(({ via, name, actor, reason, identity, refused }) => [
      via,
      name,
      actor,
      reason,
      identity,
      refused,
    ]),
  ).toEqual([
    ['start', 'start', 'ada', 'release day', 'sluice-api', null],
    ['signal', 'rollback', null, 'users complain', 'temporal-cli:bob@laptop', null],
    ['update', 'pause', 'eve', null, 'sluice-api', 'too late'],
    ['cancel', 'cancel', null, null, 'temporal-ui', null],
  ]);
});

test('keeps each watch’s verdicts with their numbers and samples', async () => {
  const { watches } = await buildAudit(source, telling(started, ended));
  expect(watches).toMatchObject([
    { stage: 0, name: '10%', mode: 'soak', ending: 'failed', looks: 3, verdicts: [verdict] },
  ]);
});

test('shows traffic writes with what was asked and read back, and what failed', async () => {
  const { writes, failures } = await buildAudit(source, telling(started, ended));
  expect(writes).toMatchObject([
    {
      activity: 'shift',
      askedPercent: 10,
      readBack: { readWeightPercent: 10 },
      attempt: 2,
      tookMs: 2000,
      failure: null,
    },
    { activity: 'restore', askedPercent: 0, readBack: null, failure: 'heartbeat' },
    { activity: 'ramp', askedPercent: null, readBack: [{ percent: 5, atMs: 7 }], failure: null },
  ]);
  expect(failures.map(({ activity, kind }) => `${activity} ${kind}`)).toEqual([
    'restore timed-out',
    'workflow task-failed',
  ]);
});

test('agrees when the replay tells the recorded story', async () => {
  const audit = await buildAudit(source, telling(started, ended));
  expect(audit.replay.agreed).toBe(true);
  expect(audit.timeline).toEqual([started, ended]);
});

test.each([
  ['another text', [started, { ...ended, text: 'is not back' }]],
  ['too few entries', [started]],
  ['too many entries', [started, ended, ended]],
  ['another order', [ended, started]],
])('does not agree when the replay tells %s', async (_, timeline) => {
  const { replay } = await buildAudit(source, telling(...timeline));
  expect(replay.agreed).toBe(false);
});

test('does not agree when today’s code acts otherwise, and says how', async () => {
  const { replay } = await buildAudit(source, async () => ({
    ran: true,
    timeline: [],
    deviation: 'extra timer',
  }));
  expect(replay).toMatchObject({ agreed: false, detail: expect.stringContaining('extra timer') });
});

test('never agrees when the replay could not run, and shows the recorded story', async () => {
  const audit = await buildAudit(source, createReplay('/nowhere/bundle.js'));
  expect(audit.replay).toMatchObject({ agreed: false, detail: expect.stringContaining('npm run build') });
  expect(audit.timeline).toEqual([started, ended]);
});

test('allows for entries that gave way and for a rollout that went on', () => {
  const recorded = { timeline: [ended], dropped: 1, open: false };
  const none = { timeline: [], dropped: 0 };
  const outcome = { ran: true, timeline: [started, ended] } as const;
  expect(agreementOf(outcome, recorded, none).agreed).toBe(true);
  expect(agreementOf(outcome, { timeline: [started], dropped: 0, open: true }, none).agreed).toBe(true);
  expect(agreementOf(outcome, { timeline: [started], dropped: 0, open: false }, none).agreed).toBe(false);
});

test('counts the story of earlier runs, which a continued one carries along', () => {
  const outcome = { ran: true, timeline: [ended] } as const;
  const recorded = { timeline: [started, ended], dropped: 0, open: false };
  expect(agreementOf(outcome, recorded, { timeline: [started], dropped: 0 }).agreed).toBe(true);
});
