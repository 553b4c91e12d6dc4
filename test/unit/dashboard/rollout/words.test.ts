/** What the page of a rollout says: how it stands, what is past, now and planned, and what people look up. */
import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../../src/dashboard/pages/rollout/model/facts.ts';
import { headlineOf } from '../../../../src/dashboard/pages/rollout/model/headline.ts';
import { stageLines } from '../../../../src/dashboard/pages/rollout/model/stage-lines.ts';
import { signOf } from '../../../../src/dashboard/pages/rollout/model/story.ts';
import { observe } from '../../../../src/domain/analysis/record.ts';
import type { RolloutStatus } from '../../../../src/domain/rollout/status.ts';
import { startedText } from '../../../../src/domain/rollout/timeline.ts';
import { emptyCarry } from '../../../../src/domain/rollout/types.ts';
import { successCheck } from '../../../support/plan.ts';
import { viewOf } from '../../api/fakes.ts';
import { at, liveOf, rollbackRecord, running, startMs, verdictOf } from './fixtures.ts';

const nowMs = at(21);
const told = { nowMs, isHeard: true };
const headline = (status: Partial<RolloutStatus>, changes = {}) =>
  headlineOf(running(status, changes), nowMs);
const cause = { kind: 'check' as const, reason: 'errors: 5 % bad', actor: null, atMs: at(30) };

describe('the headline', () => {
  const looked = (kind: 'pass' | 'fail' | 'no-data') => {
    const record = observe(
      null,
      verdictOf({ check: 'success-rate', kind, reason: 'success rate 90 %' }),
      successCheck,
    );
    return { live: liveOf({ carry: { ...emptyCarry, checks: [record] } }) };
  };

  it.each<[string, Partial<RolloutStatus>, object, string, string]>([
    ['goes well', {}, looked('pass'), 'busy', 'The one check passes in stage “10%”.'],
    ['a check fails', {}, looked('fail'), 'bad', 'Success rate 90 %.'],
    ['nothing to judge by', {}, looked('no-data'), 'busy', 'nothing to judge by yet: success rate'],
    ['is paused', { paused: true }, {}, 'warn', 'The stage clock stands still.'],
    ['is held', { phase: 'holding', holdReason: 'a database is down' }, {}, 'warn', 'A database is down.'],
    ['waits for a yes', { phase: 'approving', question: 'stage:0' }, {}, 'warn', 'waits for a yes or a no'],
    ['drifts', {}, { live: liveOf({ trouble: 'the weight reads 3 %' }) }, 'warn', 'The weight reads 3 %.'],
    ['goes back', { phase: 'restoring', cause }, {}, 'bad', 'Errors: 5 % bad.'],
    [
      'was rolled back',
      { phase: 'rolled-back', outcome: 'rolled-back', cause, rollback: rollbackRecord },
      {},
      'bad',
      'All users are on v1. Too slow.',
    ],
    [
      'was promoted',
      { phase: 'promoted', outcome: 'promoted' },
      {},
      'good',
      'v2 is the version of all users.',
    ],
    ['was refused', { phase: 'refused', outcome: 'refused', refusal: 'CI is red' }, {}, 'warn', 'CI is red'],
    ['has no worker', {}, { workerAnswered: false }, 'warn', 'what Temporal knows'],
    ['is watched by nobody', {}, { live: liveOf({ atMs: at(-30) }) }, 'warn', 'renewed by nobody else'],
  ])('says when it %s', (_, status, changes, tone, text) => {
    const found = headline(status, changes);
    expect(found.tone).toBe(tone);
    expect(found.text).toContain(text);
  });

  it('says who paused it, why, since when, and when its time is over', () => {
    const data = { command: 'pause', reason: 'waiting for db team' };
    const line = { atMs: at(15), kind: 'command' as const, text: 'pause', stage: 0, actor: 'ada', data };
    expect(headline({ paused: true, timeline: [line], limitAtMs: at(600) })).toMatchObject({
      title: 'Paused by ada',
      text: expect.stringContaining('Waiting for db team. The stage clock stands still.'),
      sinceMs: at(15),
      limitAtMs: at(600),
    });
  });

  it('puts a hold before a failing check, and the way back before both', () => {
    expect(headline({ phase: 'holding', holdReason: 'frozen' }, looked('fail')).title).toBe('Held');
    expect(headline({ phase: 'holding', holdReason: 'frozen', cause }, looked('fail')).title).toBe(
      'Going back to v1',
    );
  });

  it('knows a rollout without an account, running or cut short', () => {
    const silent = viewOf({}, { status: null, workerAnswered: false });
    expect(headlineOf(silent, nowMs).title).toBe('No worker answers');
    expect(headlineOf(silent, nowMs).text).toContain('keeps its share until the lease runs out');
    const lapsed = { live: liveOf({ atMs: at(-30), leaseUntilMs: at(-20) }) };
    const home = 'has run out, so the data plane sends all users to stable';
    expect(headlineOf({ ...silent, ...lapsed }, nowMs).text).toContain(home);
    expect(headline({}, lapsed).text).toContain(home);
    expect(headlineOf({ ...silent, temporalStatus: 'TERMINATED' }, nowMs).title).toContain('terminated');
  });
});

describe('the stages', () => {
  const states = (status: Partial<RolloutStatus>, changes = {}) =>
    stageLines(running(status, changes), told).map(({ name, state }) => `${name} ${state}`);

  it('are past, now and planned, with what is left and when the others would begin', () => {
    const [first, second, after] = stageLines(running(), told);
    expect(first).toMatchObject({
      state: 'now',
      word: 'soaking',
      remainingMs: 50_000,
      endsAtMs: nowMs + 50_000,
    });
    expect(second).toMatchObject({
      state: 'planned',
      startedAtMs: nowMs + 50_000,
      endsAtMs: nowMs + 110_000,
    });
    expect(after).toMatchObject({ name: 'watch after promotion', startedAtMs: nowMs + 110_000 });
  });

  it('count on between two heartbeats, and stand still while the rollout is paused', () => {
    expect(stageLines(running(), { ...told, nowMs: nowMs + 4_000 })[0]?.remainingMs).toBe(46_000);
    expect(stageLines(running({ paused: true }), told)[0]).toMatchObject({
      word: 'paused',
      progress: 'paused',
      remainingMs: 50_000,
      endsAtMs: null,
    });
    expect(stageLines(running({ paused: true }), told)[1]?.startedAtMs).toBeNull();
  });

  it('tell no time to come while nothing is heard of the rollout', () => {
    const [first, second] = stageLines(running(), { nowMs, isHeard: false });
    expect(first).toMatchObject({ progress: 'unheard', remainingMs: 50_000, endsAtMs: null });
    expect(second?.startedAtMs).toBeNull();
  });

  it('tell of an approval to come until it is asked for', () => {
    const [first, ...others] = running().status?.stages ?? [];
    const stages = first ? [{ ...first, approval: true as const }, ...others] : [];
    expect(stageLines(running({ stages }), told)[0]?.approval).toBe(true);
    expect(stageLines(running({ stages, phase: 'approving' }), told)[0]).toMatchObject({
      word: 'waits for approval',
      progress: 'waits',
      approval: false,
    });
  });

  it('says of the watch after the promotion that it is watched', () => {
    expect(stageLines(running({ phase: 'watching' }), told).at(-1)?.word).toBe('watched');
  });

  it('are dropped when the rollout goes back', () => {
    const reports = running().status?.reports.map((report) => ({
      ...report,
      endedAtMs: at(20),
      ending: 'rolled-back' as const,
    }));
    expect(states({ phase: 'restoring', cause, ...(reports ? { reports } : {}) }, { live: null })).toEqual([
      '10% failed',
      '50% dropped',
      'watch after promotion dropped',
    ]);
  });

  it('promise no time beyond an approval', () => {
    const [first, ...others] = running().status?.stages ?? [];
    const stages = first ? [{ ...first, approval: true as const }, ...others] : [];
    expect(stageLines(running({ stages }), told)[1]?.startedAtMs).toBeNull();
  });
});

it('facts leave out what is not known', () => {
  const names = factsOf(running()).map(({ name }) => name);
  expect(names).toContain('Must be promoted by');
  expect(names).toContain('Epoch');
  expect(names).not.toContain('Workflow');
  const bare = viewOf({}, { status: null, live: null, links: { ...viewOf().links, temporal: 'http://t/x' } });
  expect(factsOf(bare).map(({ name }) => name)).toEqual(['Version', 'Started', 'Run', 'Workflow']);
});

it('the fact why is the reason that somebody gave for the start, and is left out where nobody did', () => {
  const begun = { service: 'shop', version: 'v2', environment: 'demo' };
  const whyOf = (reason?: string) => {
    const text = startedText(begun, reason);
    const timeline = [{ atMs: startMs, kind: 'started' as const, text, stage: null, actor: 'ada' }];
    return factsOf(running({ ...begun, timeline })).find(({ name }) => name === 'Why');
  };
  expect(whyOf('a fix: no more empty carts')).toMatchObject({ text: 'a fix: no more empty carts' });
  expect(whyOf()).toBeUndefined();
});

it('lines of the story of a kind that is not known yet keep their own name', () => {
  const entry = { atMs: 0, kind: 'brand-new' as never, text: '', stage: null, actor: null };
  expect(signOf(entry)).toEqual({ icon: 'question', tone: 'idle', word: 'brand new' });
});
