/**
 * Series are read out of histories: each watch once, also the one that was lost, and those of versions that kept none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import type { HistoryEvent, RunHistory } from '../../../src/audit/history.ts';
import { rolloutSeries, seriesPast } from '../../../src/audit/series.ts';
import { emptySeries, withLook, withShare } from '../../../src/domain/rollout/series.ts';
import { repoRoot } from '../../../src/stack/tools.ts';
import { planFixture } from '../../support/plan.ts';

const plan = planFixture();
const startMs = 1_795_900_000_000;
const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
const at = (afterS: number) => ({ seconds: startMs / 1000 + afterS, nanos: 0 });

function series(fromS: number, looksAtS: readonly number[]) {
  const empty = emptySeries(startMs + fromS * 1000, ['success-rate'], false);
  return looksAtS.reduce((before, s) => {
    const atMs = startMs + s * 1000;
    const values = { canary: 99.5, stable: 99.9, low: null, high: null };
    return withShare(withLook(before, 'success-rate', { atMs, kind: 'pass', ...values }), atMs, 10);
  }, empty);
}

/** A history whose activities have ended as told. */
function historyOf(
  ended: readonly { activity: string; input: object; endsAtS: number; how: object }[],
): RunHistory[] {
  const events: object[] = [
    { eventId: 1, eventTime: at(0), workflowExecutionStartedEventAttributes: { input: payloads({ plan }) } },
  ];
  for (const { activity, input, endsAtS, how } of ended) {
    const scheduled = events.length + 1;
    const name = { activityType: { name: activity }, input: payloads({ plan, ...input }) };
    const link = { scheduledEventId: scheduled, startedEventId: scheduled };
    events.push({ eventId: scheduled, eventTime: at(endsAtS), activityTaskScheduledEventAttributes: name });
    const [[kind, attributes] = ['', {}]] = Object.entries(how);
    events.push({ eventId: scheduled + 1, eventTime: at(endsAtS), [kind]: { ...link, ...attributes } });
  }
  return [{ runId: 'r', history: { events: events as HistoryEvent[] } }];
}

const completed = (result: object) => ({
  activityTaskCompletedEventAttributes: { result: payloads(result) },
});
const carry = { watchedMs: 0, looks: 2, checks: [] };

describe('the series of a rollout', () => {
  it('joins the watches of a stage, sets the stages apart, and tells what share was asked and measured', () => {
    const runs = historyOf([
      {
        activity: 'shift',
        input: { stage: 0, epoch: 1 },
        endsAtS: 1,
        how: completed({ readWeightPercent: 10 }),
      },
      {
        activity: 'watch',
        input: { stage: 0, mode: 'soak' },
        endsAtS: 6,
        how: completed({ carry, series: series(1, [2, 4]) }),
      },
      {
        activity: 'watch',
        input: { stage: 0, mode: 'wait' },
        endsAtS: 9,
        how: completed({ carry, series: series(6, [7]) }),
      },
      {
        activity: 'watch',
        input: { stage: 1, mode: 'soak' },
        endsAtS: 15,
        how: completed({ carry, series: series(10, [12]) }),
      },
      { activity: 'restore', input: { epoch: 2 }, endsAtS: 16, how: completed({}) },
    ]);
    const told = rolloutSeries(seriesPast(runs), null);
    const times = told.stages.map(({ stage, checks }) => [
      stage,
      checks[0]?.atMs.map((ms) => (ms - startMs) / 1000),
    ]);
    expect(times).toEqual([
      [0, [2, 4, 7]],
      [1, [12]],
    ]);
    expect(told.stages[0]?.checks[0]).toMatchObject({
      kind: 'threshold',
      unit: '%',
      allowed: { min: 99, max: null },
      verdict: ['pass', 'pass', 'pass'],
      stable: [99.9, 99.9, 99.9],
    });
    expect(told.asked.percent).toEqual([10, 0]);
    expect(told.measured.percent).toEqual([10, 10, 10, 10]);
    expect(told.liveAtMs).toBeNull();
  });

  it('adds what the watch under way has seen, once, also when it has just ended', () => {
    const seen = series(1, [2, 4]);
    const live = { stage: 0, checks: [], series: seen, atMs: startMs + 5000 };
    const under = rolloutSeries(seriesPast(historyOf([])), live);
    const ended = rolloutSeries(
      seriesPast(
        historyOf([
          {
            activity: 'watch',
            input: { stage: 0, mode: 'soak' },
            endsAtS: 6,
            how: completed({ carry, series: seen }),
          },
        ]),
      ),
      live,
    );
    expect(under.stages[0]?.checks[0]?.atMs).toHaveLength(2);
    expect(ended.stages).toEqual(under.stages);
    expect(under.liveAtMs).toBe(startMs + 5000);
  });

  it('knows of a watch that was lost what its last heartbeat said', () => {
    const lost = {
      activityTaskTimedOutEventAttributes: {
        failure: {
          timeoutFailureInfo: { lastHeartbeatDetails: payloads({ carry, series: series(1, [2]) }) },
        },
      },
    };
    const runs = historyOf([{ activity: 'watch', input: { stage: 0, mode: 'soak' }, endsAtS: 6, how: lost }]);
    expect(rolloutSeries(seriesPast(runs), null).stages[0]?.checks[0]?.atMs).toEqual([startMs + 2000]);
  });

  it('of a rollout that kept none is made of the verdicts that its watches left', () => {
    const recording = join(repoRoot(), 'test/replay/histories/rolled-back-by-check.json');
    const history = historyFromJSON(JSON.parse(readFileSync(recording, 'utf8')));
    const told = rolloutSeries(seriesPast([{ runId: 'r', history }]), null);
    const check = told.stages.at(-1)?.checks[0];
    expect(check?.verdict.at(-1)).toBe('fail');
    expect(check?.atMs.length).toBe(check?.record?.looks);
    expect(told.asked.percent.at(-1)).toBe(0);
  });
});
