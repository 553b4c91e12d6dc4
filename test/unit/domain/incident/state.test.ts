import { describe, expect, it } from 'vitest';
import { reviewOf } from '../../../../src/domain/incident/review.ts';
import { newIncident, onClose, onReport, opensIncident } from '../../../../src/domain/incident/state.ts';
import type { Notice } from '../../../../src/domain/notify/types.ts';
import { noticeFixture, subjectFixture } from '../../../support/notices.ts';

const opened = { trouble: 'opened', severity: 'warning' } as const;
const begun = noticeFixture('rollback.begun', { ...opened, title: 'rollback begun', atMs: 1_000 });
const late = noticeFixture('restore.late', { ...opened, severity: 'critical', atMs: 2_000 });
const restored = noticeFixture('rollback.restored', { trouble: 'resolved', atMs: 3_000 });
const ended = noticeFixture('rollout.ended', {
  trouble: 'resolved',
  atMs: 4_000,
  progress: { ...begun.progress, outcome: 'rolled-back' },
});

function having(...notices: readonly Notice[]) {
  return notices.reduce(
    (incident, notice) => onReport(incident, subjectFixture(), notice),
    newIncident('prod/shop', 500),
  );
}

describe('an incident', () => {
  it('opens for a rollback and for what pages people, and for nothing else', () => {
    expect([begun, late].map(opensIncident)).toEqual([true, true]);
    const others = [
      noticeFixture('stage.begun'),
      noticeFixture('approval.asked', opened),
      noticeFixture('rollout.held', opened),
      restored,
    ];
    expect(others.map(opensIncident)).toEqual([false, false, false, false]);
    expect(opensIncident(noticeFixture('rollout.held', { ...opened, severity: 'critical' }))).toBe(true);
  });

  it('grows in severity, knows when users were well again, and closes when the rollout has ended', () => {
    expect(having(begun)).toMatchObject({ severity: 2, state: 'open', openedAtMs: 1_000 });
    const grown = having(begun, late);
    expect(grown).toMatchObject({ severity: 1, title: 'prod/shop v2: rollback begun' });
    expect(having(begun, late, restored)).toMatchObject({ state: 'open', recoveredAtMs: 3_000 });
    expect(having(begun, late, restored, ended)).toMatchObject({ state: 'closed', closedAtMs: 4_000 });
  });

  it('is one for several rollouts of its target, and takes a repeated report once', () => {
    const again = having(begun, begun);
    expect(again.timeline).toHaveLength(1);
    const last = having(begun, {
      ...ended,
      title: 'rollout ended: rolled-back',
      text: 'rollout ended: rolled-back',
    });
    expect(last.timeline.at(-1)?.text).toBe('rollout ended: rolled-back');
    const second = onReport(again, subjectFixture({ runId: 'run-2', version: 'v3' }), late);
    expect(second.rollouts.map(({ version }) => version)).toEqual(['v2', 'v3']);
  });

  it('outlives the rollout when stable could not be shown to be well, until a version is promoted or a person closes it', () => {
    const sick = noticeFixture('rollback.verified', { ...opened, severity: 'critical', atMs: 3_500 });
    const left = having(begun, restored, sick, { ...ended, trouble: 'none' });
    expect(left).toMatchObject({ state: 'open', severity: 1, recoveredAtMs: null });
    expect(onClose(left, { actor: 'bob', reason: 'mended' }, 9_000).state).toBe('closed');
    const promoted = noticeFixture('rollout.promoted', { trouble: 'resolved', atMs: 5_000 });
    const next = [promoted, { ...ended, atMs: 6_000 }];
    expect(having(begun, restored, sick, { ...ended, trouble: 'none' }, ...next)).toMatchObject({
      state: 'closed',
      recoveredAtMs: 5_000,
    });
  });

  it('can be closed by hand once', () => {
    const closed = onClose(having(begun), { actor: 'bob', reason: 'false alarm' }, 9_000);
    expect(closed).toMatchObject({ state: 'closed', closedAtMs: 9_000 });
    expect(onClose(closed, { actor: 'eve', reason: '' }, 10_000)).toBe(closed);
  });

  it('is reviewed in Markdown that nothing in it can break', () => {
    const review = reviewOf(having({ ...begun, text: 'a | b\n# <script>' }, restored, ended));
    expect(review).toContain('| Users well again | 1970-01-01 00:00:03 (after 2s) |');
    expect(review).toContain('a \\| b # \\<script\\>');
    expect(review).toContain('## Root cause');
    expect(review).not.toMatch(/^# \\?<script/m);
  });
});
