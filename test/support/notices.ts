/** Notices, messages and routes for tests. */
import type { Message, Notice, NoticeEvent, Route, Subject } from '../../src/domain/notify/types.ts';
import type { NotifierMessage } from '../../src/providers/notifiers/types.ts';

export function subjectFixture(overrides: Partial<Subject> = {}): Subject {
  return {
    target: 'prod/shop',
    environment: 'prod',
    service: 'shop',
    version: 'v2',
    workflowId: 'rollout/prod/shop',
    runId: '0190b8a4-7c1d-7000-8000-000000000001',
    author: 'ann',
    artifact: { repository: 'acme/shop', commit: '0123456789abcdef0123456789abcdef01234567' },
    stages: [
      { name: '10%', weightPercent: 10 },
      { name: '50%', weightPercent: 50 },
    ],
    ...overrides,
  };
}

export function noticeFixture(event: NoticeEvent, overrides: Partial<Notice> = {}): Notice {
  return {
    key: `run-1/0/${event}/1700000000000`,
    event,
    severity: 'info',
    trouble: 'none',
    title: `title of ${event}`,
    text: 'error-rate: 5 % is above 1 %',
    actor: null,
    atMs: 1_700_000_000_000,
    progress: {
      phase: 'soaking',
      outcome: null,
      stage: 0,
      askedPercent: 10,
      stableVersion: 'v1',
      waitsFor: null,
    },
    rollback: null,
    ...overrides,
  };
}

export function messageFixture(...notices: readonly Notice[]): Message {
  return { subject: subjectFixture(), notices, thread: null };
}

/** As the activity hands it over; what is kept is in `kept`. */
export function told(message: Message, kept: Record<string, string>[] = []): NotifierMessage {
  return {
    ...message,
    link: 'https://sluice.example.com/v1/rollouts/prod/shop',
    keep: (thread) => {
      kept.push({ ...thread });
    },
  };
}

export function routeFixture(overrides: Partial<Route> = {}): Route {
  return {
    to: ['team'],
    events: ['*'],
    severities: ['critical', 'warning', 'info'],
    environments: ['*'],
    services: ['*'],
    cooldownMs: 0,
    groupMs: 0,
    escalate: [],
    ...overrides,
  };
}
