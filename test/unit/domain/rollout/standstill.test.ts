import { expect, test } from 'vitest';
import { askedSinceMs, heldSinceMs, pauseOf } from '../../../../src/domain/rollout/standstill.ts';
import type { TimelineEntry } from '../../../../src/domain/rollout/types.ts';
import { statusOf } from '../../api/fakes.ts';

const line = (kind: TimelineEntry['kind'], atMs: number, data = {}): TimelineEntry => ({
  kind,
  atMs,
  text: `${kind} at ${atMs}`,
  stage: 0,
  actor: 'ada',
  data,
});
const timeline = [
  line('command', 1, { command: 'pause', reason: 'the first' }),
  line('command', 2, { command: 'resume' }),
  line('held', 3, { hold: 'drift' }),
  line('command', 4, { command: 'pause', reason: 'waiting for db team' }),
  line('held', 5),
  line('approval-asked', 6),
];

test('a pause is the latest, of a person or an event, with the reason that was given', () => {
  expect(pauseOf({ timeline })).toEqual({ actor: 'ada', reason: 'waiting for db team', sinceMs: 4 });
  const event = line('event', 7, { action: 'hold' });
  expect(pauseOf({ timeline: [...timeline, event] })).toEqual({
    actor: 'ada',
    reason: 'event at 7',
    sinceMs: 7,
  });
  expect(pauseOf({ timeline: [] })).toEqual({ actor: null, reason: null, sinceMs: null });
});

test('a hold is as old as the line that tells of it', () => {
  expect(heldSinceMs({ timeline })).toBe(3);
});

test('a question is as old as its asking, and that of a gate as the place where it stands', () => {
  const since = (changes: Parameters<typeof statusOf>[0]) => askedSinceMs(statusOf({ timeline, ...changes }));
  expect(since({})).toBeNull();
  expect(since({ question: 'stage:0' })).toBe(6);
  expect(since({ question: 'gate:start', startedAtMs: 0 })).toBe(0);
  const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
  const prepared = [...timeline, line('prepared', 8)];
  expect(since({ question: 'gate:0', arms, timeline: prepared })).toBe(8);
});
