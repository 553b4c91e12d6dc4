import { describe, expect, it } from 'vitest';
import { choicesFor } from '../../../../src/dashboard/pages/actions/allowed.ts';
import { markOf, since, subjectOf } from '../../../../src/dashboard/pages/actions/meanwhile.ts';
import { restoreProgress } from '../../../../src/dashboard/pages/actions/restore-progress.ts';
import { consequenceOf } from '../../../../src/dashboard/pages/actions/words.ts';
import { atText } from '../../../../src/dashboard/ui/at-text.ts';
import type { Grant, Role } from '../../../../src/domain/access/grants.ts';
import type { RolloutStatus } from '../../../../src/domain/rollout/status.ts';
import { commandNames, type TimelineEntry } from '../../../../src/domain/rollout/types.ts';
import { statusOf, viewOf } from '../../api/fakes.ts';
import { liveOf, rollbackRecord as record } from '../rollout/fixtures.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
const stages = [
  { name: '10%', weightPercent: 10, soakMs: 20_000, warmUpMs: 0 },
  { name: '50%', weightPercent: 50, soakMs: 20_000, warmUpMs: 0 },
];
const usual = { full: false, for: '1h' };

function grantOf(role: Role, environment = '*'): Grant[] {
  return [{ role, environments: [environment], services: ['*'] }];
}

describe('what is offered', () => {
  it('fits the state and the role', () => {
    const view = viewOf({ legal: ['promote', 'pause', 'rollback'] });
    expect(choicesFor(view, grantOf('admin')).offered).toEqual(['promote', 'pause', 'rollback']);
    expect(choicesFor(view, grantOf('approver'))).toEqual({
      offered: ['rollback'],
      forbidden: ['promote', 'pause'],
    });
    expect(choicesFor(view, grantOf('viewer')).offered).toEqual([]);
    expect(choicesFor(view, grantOf('operator', 'prod')).offered).toEqual([]);
  });

  it('has the answer that is waited for first, and the ways back last', () => {
    const view = viewOf({ legal: ['rollback', 'override', 'approve', 'reject'] });
    const { offered } = choicesFor(view, grantOf('admin'));
    expect(offered[0]).toBe('approve');
    expect(offered.slice(2)).toEqual(['reject', 'rollback']);
  });

  it('is the way back alone while no worker answers, and nothing once it has ended', () => {
    expect(choicesFor({ ...viewOf(), status: null }, grantOf('admin')).offered).toEqual(['rollback']);
    expect(
      choicesFor(viewOf({ legal: [] }, { endedAtMs: 1, outcome: 'promoted' }), grantOf('admin')).offered,
    ).toEqual([]);
    expect(choicesFor({ ...viewOf(), status: null, endedAtMs: 1 }, grantOf('admin')).offered).toEqual([]);
  });
});

describe('the sentence before a command', () => {
  function told(
    name: Parameters<typeof consequenceOf>[0],
    status: Partial<RolloutStatus> = {},
    asked = usual,
  ) {
    return consequenceOf(name, { ...viewOf({ arms, stages, ...status }), live: null }, asked);
  }

  it('says of a rollback where users go, how many, and by when', () => {
    expect(told('rollback', { askedPercent: 25, rollbackTimeoutMs: 30_000 })).toBe(
      'All traffic goes back to v1 now: 25 % of requests move, and the data plane must read 0 within 30s.',
    );
    expect(told('rollback', { askedPercent: 0, phase: 'preparing' })).toContain('no request has reached it');
    expect(consequenceOf('rollback', { ...viewOf(), status: null }, usual)).toContain(
      'No worker answers now',
    );
  });

  it('says of a promotion what is next', () => {
    expect(told('promote')).toContain('Stage “50%” is next: 50 % of requests go to v2.');
    expect(told('promote', { stage: 1 })).toContain('v2 becomes the version of all users');
    expect(told('promote', {}, { ...usual, full: true })).toContain('skips the one that is left');
    const asking = stages.map((stage) => ({ ...stage, approval: true as const }));
    expect(told('promote', { stages: asking })).toMatch(/now; it still waits for somebody’s yes\.$/);
  });

  it('says of a promotion that it ends a pause, and what no check has judged', () => {
    const untold = { ...viewOf({ arms, stages, paused: true }), live: liveOf({ verdicts: [] }) };
    const words = /It ends the pause\. No check has judged v2 yet\.$/;
    expect(consequenceOf('promote', untold, usual)).toMatch(words);
    expect(consequenceOf('promote', untold, { ...usual, full: true })).toMatch(words);
    const judged = consequenceOf('promote', { ...viewOf({ arms, stages }), live: liveOf() }, usual);
    expect(judged).not.toMatch(/pause|judged/);
  });

  it('says of a yes and a no what was asked', () => {
    expect(told('approve', { question: 'gate:start' })).toContain('Counts as your yes');
    expect(told('approve', { question: 'rollback' })).toBe('v2 is rolled back to v1.');
    expect(told('reject', { question: 'gate:start', arms: null })).toContain('Nothing has been touched');
    expect(told('reject', { question: 'stage:0', phase: 'approving' })).toContain(
      'All traffic goes back to v1 now',
    );
    expect(told('reject', { question: 'rollback' })).toContain('v2 stays');
  });

  it('says of the others what they leave as it is', () => {
    expect(told('pause')).toContain('judged on');
    const limitAtMs = Date.now();
    expect(told('pause', { limitAtMs })).toContain(` limit, ${atText(limitAtMs)}, still counts`);
    expect(told('resume', { holdReason: 'too little data' })).toContain('too little data');
    expect(
      told('confirm', { overrideAsked: { actor: 'ann', reason: 'a hotfix', forMs: 3_600_000, atMs: 0 } }),
    ).toContain('ann asks for it: a hotfix');
  });
});

describe('what others did meanwhile', () => {
  it('is what came after the dialog was opened, and what matters of it', () => {
    const line = (atMs: number, kind: TimelineEntry['kind'], actor: string | null): TimelineEntry => ({
      atMs,
      kind,
      text: kind,
      stage: 0,
      actor,
    });
    const timeline = [line(10, 'started', 'ada'), line(20, 'command', 'bob'), line(30, 'webhook', null)];
    expect(since(10, { timeline }).map(({ actor }) => actor)).toEqual(['bob']);
    expect(since(markOf({ timeline }), { timeline })).toEqual([]);
    expect(markOf(null)).toBe(0);
  });
});

describe('what a command is about', () => {
  const seen = {
    stage: 0,
    phase: 'soaking',
    question: 'gate:start',
    overrideAsked: { actor: 'ann', reason: 'a hotfix', forMs: 3_600_000, atMs: 10 },
  } as const;
  /** The commands whose dialogs say that the rollout has gone on to something else. */
  const changedBy = (later: Partial<RolloutStatus>) =>
    commandNames.filter(
      (name) => subjectOf(name, viewOf(seen)) !== subjectOf(name, viewOf({ ...seen, ...later })),
    );

  it('is the stage and its phase, the question, or the override that the dialog showed', () => {
    expect(changedBy({ stage: 1 })).toEqual(['promote', 'resume']);
    expect(changedBy({ phase: 'holding' })).toEqual(['promote', 'resume']);
    expect(changedBy({ question: 'stage:1' })).toEqual(['approve', 'reject']);
    expect(changedBy({ overrideAsked: { ...seen.overrideAsked, atMs: 20 } })).toEqual(['confirm']);
    expect(changedBy({ askedPercent: 50 })).toEqual([]);
  });

  it('is always the rollout', () => {
    const view = viewOf();
    expect(subjectOf('rollback', { ...view, runId: 'another' })).not.toBe(subjectOf('rollback', view));
  });
});

describe('the progress of a way back', () => {
  const states = (status: Partial<RolloutStatus>, nowMs: number) =>
    restoreProgress(statusOf({ rollbackTimeoutMs: 30_000, ...status }), nowMs)?.milestones.map(
      ({ state }) => state,
    );

  it('runs until the data plane was read, and is late after its deadline', () => {
    expect(states({ rollback: record }, 5000)).toEqual(['done', 'running', 'waiting']);
    expect(states({ rollback: record }, 32_000)).toEqual(['done', 'late', 'waiting']);
    const home = { ...record, restoredAtMs: 1200, restoreMs: 200 };
    expect(states({ rollback: home }, 60_000)).toEqual(['done', 'done', 'running']);
    expect(states({ rollback: home, outcome: 'rolled-back' }, 60_000)).toEqual(['done', 'done', 'done']);
  });

  it('shows what failed on the way', () => {
    const home = {
      ...record,
      restoredAtMs: 1200,
      restoreMs: 200,
      verification: { result: 'failed', reason: 'stable is sick', looks: 3, endedAtMs: 5000 } as const,
      actions: [{ kind: 'clean-up-failed' as const, text: 'no disk', atMs: 9000, afterMs: 8000 }],
    };
    expect(states({ rollback: home }, 60_000)).toEqual(['done', 'done', 'failed', 'failed']);
    expect(restoreProgress(statusOf(), 0)).toBeNull();
  });
});
