import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../src/api/board/row.ts';
import type { RolloutRow } from '../../../src/api/contract.ts';
import {
  type Choice,
  choose,
  countGroups,
  environmentsOf,
} from '../../../src/dashboard/pages/rollouts/choice.ts';
import { glanceOf, summaryOf } from '../api/board/rows.ts';

function named(service: string, changes: Partial<RolloutRow> = {}): RolloutRow {
  const glance = glanceOf({ summary: summaryOf({ service, runId: service, startedBy: 'ada' }) });
  return { ...rowOf(glance, glance), ...changes };
}

const restore = (dueAtMs: number) => ({ decidedAtMs: 0, dueAtMs, restoredAtMs: null });
const rows = [
  named('old', { startedAtMs: 1_000 }),
  named('ended', { endedAtMs: 9_000, outcome: 'promoted' }),
  named('paused', { paused: true }),
  named('asks', { attention: 'asks', environment: 'production', target: 'production/asks' }),
  named('fails', { attention: 'failing' }),
  named('back', { attention: 'restoring', restore: restore(9_000) }),
  named('late', { attention: 'restoring', restore: restore(1_000) }),
  named('new', { startedAtMs: 2_000 }),
];
const everything: Choice = { group: null, environment: null, search: '' };
const services = (choice: Partial<Choice>) =>
  choose(rows, { ...everything, ...choice }).map(({ service }) => service);

describe('what is shown of the list', () => {
  it('has first what wants a person most, and last what has ended', () => {
    expect(services({})).toEqual(['late', 'back', 'fails', 'asks', 'paused', 'new', 'old', 'ended']);
  });

  it('has of what has ended the latest end first, also that of a rollback', () => {
    const ended = [
      named('promoted', { endedAtMs: 8_000 }),
      named('rolled back', { endedAtMs: 9_000, restore: { ...restore(7_000), restoredAtMs: 6_000 } }),
      named('refused', { endedAtMs: 7_000 }),
    ];
    const chosen = choose(ended, everything).map(({ service }) => service);
    expect(chosen).toEqual(['rolled back', 'promoted', 'refused']);
  });

  it('is of one group, environment or search, and of all of them together', () => {
    expect(services({ group: 'trouble' })).toEqual(['late', 'back', 'fails']);
    expect(services({ environment: 'production' })).toEqual(['asks']);
    expect(services({ search: 'DEMO/ ada' })).not.toContain('asks');
    expect(services({ group: 'waiting', search: 'asks' })).toEqual(['asks']);
    expect(services({ search: 'nothing like it' })).toEqual([]);
  });

  it('is counted by group, each rollout once', () => {
    expect(countGroups(rows)).toEqual({ trouble: 3, waiting: 2, running: 2, ended: 1 });
    expect(environmentsOf(rows)).toEqual(['demo', 'production']);
  });
});
