import { describe, expect, it } from 'vitest';
import { dueFor, onDelivered, onUndelivered } from '../../../../src/domain/notify/receivers.ts';
import { type Directions, routingOf } from '../../../../src/domain/notify/routing.ts';
import {
  isOver,
  isTold,
  type NoticesState,
  nextDueMs,
  noticesState,
  onAck,
  onRouted,
  onTime,
} from '../../../../src/domain/notify/state.ts';
import type { Notice, Route } from '../../../../src/domain/notify/types.ts';
import { noticeFixture, routeFixture, subjectFixture } from '../../../support/notices.ts';

const begun = noticeFixture('rollback.begun', {
  key: 'a',
  trouble: 'opened',
  severity: 'warning',
  atMs: 1_000,
});

function routed(routes: readonly Route[], notices: readonly Notice[], from?: NoticesState): NoticesState {
  const subject = subjectFixture();
  const state = from ?? noticesState({ subject, channels: [], told: [] }, 1_000);
  const directions: Directions = { routes, planChannels: [] };
  const [open] = notices.filter(({ trouble }) => trouble === 'opened');
  const known = open ? { ...state, trouble: { notice: open, severity: open.severity, ack: null } } : state;
  const routings = notices.map((notice) => routingOf(notice, subject, [], directions));
  return onRouted(known, notices, routings, 3_600_000, 1_000);
}

const team = (state: NoticesState) => state.receivers.team ?? { pending: [] };

describe('routing', () => {
  const to = (notice: Notice, route: Partial<Route>) =>
    routingOf(notice, subjectFixture(), [], { routes: [routeFixture(route)], planChannels: [] })
      .deliveries.map((one) => one.to)
      .filter((one) => one === 'team');

  it.each([
    ['by event', { events: ['rollback.*'] }, { events: ['stage.*'] }],
    ['by severity', { severities: ['warning'] as const }, { severities: ['critical'] as const }],
    ['by environment', { environments: ['prod*'] }, { environments: ['staging'] }],
    ['by service', { services: ['shop'] }, { services: ['shop-*'] }],
  ])('goes %s', (_, fits, other) => {
    expect(to(begun, fits)).toEqual(['team']);
    expect(to(begun, other)).toEqual([]);
  });

  it('holds back by the cooldown what is a warning, and never what is critical', () => {
    const restMs = (severity: 'warning' | 'critical') =>
      routingOf({ ...begun, severity }, subjectFixture(), [], {
        routes: [routeFixture({ cooldownMs: 600_000 })],
        planChannels: [],
      }).deliveries.find((one) => one.to === 'team')?.cooldownMs;
    expect([restMs('warning'), restMs('critical')]).toEqual([600_000, 0]);
  });

  it('tells a receiver of several routes once, and channels of a plan only where the operator lets it', () => {
    const routes = [routeFixture(), routeFixture({ groupMs: 5 })];
    const channels = [
      { to: 'mine', events: ['rollback.*'] },
      { to: 'theirs', events: ['*'] },
    ];
    const { deliveries } = routingOf(begun, subjectFixture(), channels, { routes, planChannels: ['mine'] });
    expect(deliveries.map((one) => [one.to, one.groupMs])).toEqual([
      ['(incidents)', 0],
      ['team', 0],
      ['mine', 0],
    ]);
  });
});

describe('the queue of a receiver', () => {
  const many = ['a', 'b', 'c'].map((key) => noticeFixture('stage.begun', { key }));

  it('keeps the order, one message at a time', () => {
    const state = routed([routeFixture()], many);
    const { team: receiver } = state.receivers;
    if (receiver === undefined) throw new Error('nobody was told');
    const [first] = [dueFor(receiver, 1_000)];
    expect(first.map(({ key }) => key)).toEqual(['a']);
    const next = onDelivered(state, 'team', first, { ts: '1' }, 2_000);
    expect(next.receivers.team).toMatchObject({ delivered: 1, thread: { ts: '1' } });
    expect(next.receivers.team?.pending.map(({ notice }) => notice.key)).toEqual(['b', 'c']);
  });

  it('gathers what comes within the time of a group, and what is critical takes it along at once', () => {
    const state = routed([routeFixture({ groupMs: 30_000 })], many);
    const receiver = state.receivers.team;
    if (receiver === undefined) throw new Error('nobody was told');
    expect(dueFor(receiver, 30_999)).toEqual([]);
    expect(nextDueMs(state, new Set())).toBe(31_000);
    expect(dueFor(receiver, 31_000).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    const late = noticeFixture('restore.late', { key: 'd', severity: 'critical' });
    const hurried = routed([routeFixture({ groupMs: 30_000 })], [late], state).receivers.team;
    expect(hurried && dueFor(hurried, 1_000).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not tell the same event again within a cooldown, and counts it', () => {
    const again = [0, 1, 2].map((at) =>
      noticeFixture('rollout.held', { key: `h${at}`, atMs: 1_000 + at * 40_000 }),
    );
    const state = routed([routeFixture({ cooldownMs: 60_000 })], again);
    expect(state.receivers.team).toMatchObject({ cooled: 1 });
    expect(team(state).pending).toHaveLength(2);
  });

  it('goes on with the next notice when one is given up, and says why', () => {
    const state = routed([routeFixture()], many);
    const given = onUndelivered(state, 'team', many.slice(0, 1), 'the webhook could not be told');
    expect(given.receivers.team).toMatchObject({ lost: 1, lastProblem: 'the webhook could not be told' });
    expect(team(given).pending).toHaveLength(2);
    expect(isTold({ ...given, ended: true })).toBe(false);
  });
});

describe('escalation', () => {
  const routes = [routeFixture({ escalate: [{ afterMs: 60_000, to: ['boss'] }] })];

  it('outlives a rollout that ended while trouble was open', () => {
    const told = { ...routed(routes, [begun]), receivers: {}, ended: true };
    expect([isTold(told), isOver(told)]).toEqual([true, false]);
    expect(isOver({ ...told, escalations: [] })).toBe(true);
  });

  it('tells others when nobody has acknowledged in time', () => {
    const state = routed(routes, [begun]);
    expect(onTime(state, 60_999).receivers.boss).toBeUndefined();
    const late = onTime(state, 61_000);
    expect(late.receivers.boss?.pending[0]?.notice).toMatchObject({
      event: 'trouble.escalated',
      severity: 'warning',
    });
    expect(onTime(late, 99_000)).toBe(late);
  });

  it('ends with an acknowledgement, of which those who know of the trouble hear', () => {
    const { state, fresh } = onAck(routed(routes, [begun]), { actor: 'bob', reason: 'on it', atMs: 2_000 });
    expect(fresh).toMatchObject([
      { event: 'trouble.acknowledged', severity: 'warning', title: 'acknowledged by bob' },
    ]);
    expect(onTime(state, 99_000).receivers.boss).toBeUndefined();
    expect(onAck(state, { actor: 'eve', reason: '', atMs: 3_000 }).fresh).toEqual([]);
  });
});
