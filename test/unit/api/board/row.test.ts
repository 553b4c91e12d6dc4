import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../../src/api/board/row.ts';
import { rolloutRowSchema } from '../../../../src/api/contract.ts';
import { statusOf } from '../fakes.ts';
import { glanceOf, liveOf, outline, summaryOf, verdictOf } from './rows.ts';

const row = (glance: ReturnType<typeof glanceOf>) => rolloutRowSchema.parse(rowOf(glance, glance));

describe('a row of the live list', () => {
  it('knows stage, share and plan from the list alone, before anybody has looked', () => {
    expect(rowOf({ summary: summaryOf({ stage: 1 }), outline }, null)).toMatchObject({
      stageName: '50%',
      stages: 2,
      askedPercent: 50,
      measuredPercent: null,
      verdict: null,
      attention: 'none',
      expectedEndAtMs: null,
      seenAtMs: null,
    });
  });

  it('says what is asked and measured, and when it should end: what is left of the stage, the next one, and the watch', () => {
    expect(row(glanceOf())).toMatchObject({
      askedPercent: 10,
      measuredPercent: 9.9,
      expectedEndAtMs: 5_000 + 45_000 + 120_000 + 30_000,
    });
  });

  it('puts the worst verdict first and counts the others', () => {
    const verdicts = [verdictOf('pass', 'a'), verdictOf('no-data', 'b'), verdictOf('fail', 'c')];
    expect(row(glanceOf({ live: liveOf({}, verdicts) }))).toMatchObject({
      attention: 'failing',
      verdict: { kind: 'fail', check: 'c', reason: 'c says fail' },
      checks: { pass: 1, fail: 1, noData: 1, error: 0 },
    });
  });

  it('is blind while a check has no data or the watch is in trouble', () => {
    expect(row(glanceOf({ live: liveOf({}, [verdictOf('no-data', 'a')]) })).attention).toBe('blind');
    const troubled = row(glanceOf({ live: liveOf({ trouble: 'Prometheus is away' }) }));
    expect(troubled).toMatchObject({ attention: 'blind', why: 'Prometheus is away' });
  });

  it('is blind when nothing was heard of its watch for long before the look, whatever the last heartbeat said', () => {
    const live = liveOf({ leaseUntilMs: 60_000 }, [verdictOf('pass', 'a')]);
    expect(row(glanceOf({ live, beatAgeMs: 15_001 }))).toMatchObject({
      attention: 'blind',
      why: 'nothing is heard of its watch; is a worker at work?',
      askedPercent: 10,
      measuredPercent: null,
      verdict: null,
      checks: { pass: 0 },
      expectedEndAtMs: null,
    });
  });

  it.each(['preparing', 'shifting', 'promoting', null] as const)(
    'does not look well while %s when no worker takes up what comes next',
    (phase) => {
      const waiting = { summary: summaryOf({ phase }), live: null };
      expect(row(glanceOf({ ...waiting, untakenMs: 15_001 }))).toMatchObject({
        attention: 'blind',
        why: 'no worker takes up what it has to do next; is one at work?',
        expectedEndAtMs: null,
      });
      expect(row(glanceOf({ ...waiting, untakenMs: 15_000 }))).toMatchObject({
        attention: 'none',
        why: null,
      });
    },
  );

  it('tells why it goes back before that nobody brings it back', () => {
    const cause = { kind: 'check', reason: 'success-rate failed', actor: null, atMs: 4_000 } as const;
    const status = statusOf({ phase: 'restoring', cause });
    const summary = summaryOf({ phase: 'restoring' });
    expect(row(glanceOf({ summary, status, live: null, untakenMs: 16_000 }))).toMatchObject({
      attention: 'restoring',
      why: 'success-rate failed',
    });
  });

  it('claims no share past a lease that nobody was heard to renew, also where its own account is an older one', () => {
    const live = liveOf({ leaseUntilMs: 25_000 });
    const status = statusOf({ phase: 'holding', askedPercent: 10, holdReason: 'too few samples' });
    const summary = summaryOf({ phase: 'holding' });
    expect(row(glanceOf({ live, summary, status, beatAgeMs: 23_001 }))).toMatchObject({
      attention: 'held',
      why: expect.stringContaining('its lease has run out'),
      askedPercent: null,
      measuredPercent: null,
    });
  });

  it('goes by the time of the look, not by that of the reading', () => {
    const seen = glanceOf({ live: liveOf({}, [verdictOf('pass', 'a')]), beatAgeMs: 12_000 });
    const later = rowOf({ summary: summaryOf(), outline }, seen);
    expect(later).toMatchObject({ attention: 'none', why: null, checks: { pass: 1 }, askedPercent: 10 });
  });

  it('tells a pause by the watch that only waits, and then knows no end', () => {
    const paused = row(glanceOf({ live: liveOf({ mode: 'wait' }) }));
    expect(paused).toMatchObject({ paused: true, expectedEndAtMs: null, attention: 'none' });
  });

  it('says who paused it and why, unless a check fails', () => {
    const data = { command: 'pause', reason: 'waiting for db team' };
    const line = { atMs: 4_000, kind: 'command' as const, text: 'pause', stage: 0, actor: 'ada', data };
    const status = statusOf({ paused: true, timeline: [line] });
    const seen = (kind: 'pass' | 'fail') =>
      row(glanceOf({ status, live: liveOf({}, [verdictOf(kind, 'a')]) }));
    expect(seen('pass')).toMatchObject({ paused: true, why: 'paused by ada: waiting for db team' });
    expect(seen('fail')).toMatchObject({ attention: 'failing', why: null });
  });

  it('says why it goes back, and until when traffic has to be home', () => {
    const cause = { kind: 'check', reason: 'success-rate failed', actor: null, atMs: 4_000 } as const;
    const status = statusOf({ phase: 'restoring', askedPercent: 0, cause });
    expect(row(glanceOf({ summary: summaryOf({ phase: 'restoring' }), live: null, status }))).toMatchObject({
      attention: 'restoring',
      askedPercent: 0,
      why: 'success-rate failed',
      restore: { decidedAtMs: 4_000, dueAtMs: 24_000, restoredAtMs: null },
    });
  });

  it.each([
    ['holding', { holdReason: 'too few samples' }, 'held', 'too few samples'],
    ['approving', { question: 'stage 50%' }, 'asks', 'waits for an answer: stage 50%'],
    ['gating', { question: 'start' }, 'asks', 'waits for an answer: start'],
    ['watching', { question: 'rollback', holdReason: 'CVE' }, 'asks', 'CVE'],
    ['cleaning', { question: 'rollback', holdReason: 'CVE' }, 'asks', 'CVE'],
    ['cleaning', {}, 'none', null],
  ] as const)('says why it is %s', (phase, changes, attention, why) => {
    const summary = summaryOf({ phase });
    expect(row(glanceOf({ summary, status: statusOf({ phase, ...changes }) }))).toMatchObject({
      attention,
      why,
    });
  });

  it('says nothing of a phase that it has not looked at', () => {
    const seen = glanceOf({ live: liveOf({}, [verdictOf('fail', 'a')]) });
    const now = rowOf({ summary: summaryOf({ phase: 'shifting', stage: 1 }), outline }, seen);
    expect(now).toMatchObject({ verdict: null, attention: 'none', askedPercent: 50, measuredPercent: null });
  });

  it('does not take the share of a watch that is still ending for that of the next stage', () => {
    const summary = summaryOf({ phase: 'shifting', stage: 1 });
    expect(row(glanceOf({ summary, live: liveOf({ askedPercent: 10 }) }))).toMatchObject({
      askedPercent: 50,
      measuredPercent: null,
    });
  });

  it('wants nothing once it has ended, whatever the checks said', () => {
    const summary = summaryOf({ outcome: 'rolled-back', temporalStatus: 'COMPLETED', endedAtMs: 9_000 });
    const ended = row(glanceOf({ summary, live: liveOf({}, [verdictOf('fail', 'a')]) }));
    expect(ended).toMatchObject({ attention: 'none', askedPercent: 0, expectedEndAtMs: null, verdict: null });
  });

  it('does without what an earlier version did not keep', () => {
    const old = row(glanceOf({ outline: null, live: null }));
    expect(old).toMatchObject({ stages: null, stageName: null, askedPercent: null, restore: null });
  });
});
