/**
 * What the charts of a rollout are made of: each look once, as it comes, and never a line where nothing was measured.
 */
import { describe, expect, it } from 'vitest';
import {
  checkCharts,
  evidenceOf,
  latestLook,
  rangeOf,
} from '../../../../src/dashboard/pages/rollout/model/check-chart.ts';
import { knowsStage, withLive } from '../../../../src/dashboard/pages/rollout/model/live-series.ts';
import { sharePoints, shareText } from '../../../../src/dashboard/pages/rollout/model/share-chart.ts';
import { stageLines } from '../../../../src/dashboard/pages/rollout/model/stage-lines.ts';
import {
  allowedText,
  chartText,
  evidenceText,
  valueText,
  verdictWord,
} from '../../../../src/dashboard/pages/rollout/model/wording.ts';
import { at, checkOf, liveOf, running, seriesOf, startMs, verdictOf } from './fixtures.ts';

const statistics = {
  eValue: 1,
  failsAt: 100,
  confidence: 0.99,
  difference: { low: -0.2, high: 0.7 },
  looks: 3,
  dispersion: 1,
};

describe('a series', () => {
  it('grows by the look that an event brings, with the interval beside stable', () => {
    const view = running({}, { live: liveOf({ verdicts: [verdictOf({ statistics })] }) });
    const check = withLive(seriesOf(), view).stages[0]?.checks[0];
    expect(check?.atMs).toEqual([at(10), at(20)]);
    expect(check?.canary).toEqual([0.8, 1]);
    expect([check?.low.at(-1), check?.high.at(-1)]).toEqual([0.3, 1.2]);
  });

  it('takes a look once, though each event until the next look tells of it again', () => {
    const first = withLive(seriesOf(), running());
    const again = withLive(first, running({}, { live: liveOf({ atMs: at(23) }) }));
    expect(again.stages).toEqual(first.stages);
    expect(again.measured.atMs).toEqual([at(10), at(21), at(23)]);
    expect(withLive(first, running())).toEqual(first);
  });

  it('turns the interval round for a share of what goes well', () => {
    const good = { side: 'min' as const, lines: [{ times: 1, plus: -1 }] };
    const check = checkOf({ allowed: { min: null, max: null, beside: good, alone: null } });
    const series = seriesOf({
      stages: [{ stage: 0, name: '10%', weightPercent: 10, after: false, checks: [check] }],
    });
    const live = liveOf({ verdicts: [verdictOf({ stable: 99, canary: 98.8, statistics })] });
    const grown = withLive(series, running({}, { live })).stages[0]?.checks[0];
    expect([grown?.low.at(-1), grown?.high.at(-1)]).toEqual([98.3, 99.2]);
  });

  it('says that it does not know the stage under way, and keeps its looks out of the others', () => {
    const view = running({ stage: 1 }, { live: liveOf({ stage: 1 }) });
    expect(knowsStage(seriesOf(), view)).toBe(false);
    expect(withLive(seriesOf(), view).stages).toEqual(seriesOf().stages);
    expect(knowsStage(seriesOf(), running({ phase: 'watching' }))).toBe(false);
    expect(knowsStage(seriesOf(), running())).toBe(true);
  });

  it('learns of a share that was set meanwhile from the story', () => {
    const shifted = { atMs: at(66), kind: 'shifted' as const, text: '', stage: 1, actor: null };
    const view = running({ askedPercent: 50, timeline: [shifted] }, { live: null });
    const { asked } = withLive(seriesOf(), view);
    expect(asked).toEqual({ atMs: [at(5), at(66)], percent: [10, 50] });
    expect(withLive(seriesOf({ asked }), view).asked).toEqual(asked);
  });
});

describe('the chart of a check', () => {
  const after = { stage: 1, name: '50%', weightPercent: 50, after: true };
  const series = seriesOf({
    stages: [
      ...seriesOf().stages,
      {
        ...after,
        checks: [
          checkOf({
            atMs: [at(80)],
            canary: [null],
            stable: [null],
            verdict: ['no-data'],
            low: [null],
            high: [null],
          }),
        ],
      },
    ],
  });

  it('goes through all stages in which it was looked at, with the limits of each look', () => {
    const [chart] = checkCharts(series);
    expect(chart?.stages.map(({ name }) => name)).toEqual(['10%', 'after promotion']);
    expect(chart?.stages[0]?.looks[0]).toMatchObject({ canary: 0.8, from: 0.1, to: 2, low: null, high: 2 });
    // Without a stable value the limit of a lonely canary holds.
    expect(chart && latestLook(chart)).toMatchObject({ canary: null, verdict: 'no-data', high: 5 });
  });

  it('shows both arms and the limits, and begins at 0 where nothing lies below', () => {
    const [chart] = checkCharts(series);
    const [low, high] = chart ? rangeOf(chart) : [];
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(5);
    expect(rangeOf({ name: '', unit: '', kind: '', isTested: false, record: null, stages: [] })).toEqual([
      0, 1,
    ]);
  });

  it('of a test shows how far its evidence is from failing, since a value beyond the line is no failure yet', () => {
    const evidenceWith = (kind: 'pass' | 'fail', eValue: number) =>
      evidenceOf({ last: verdictOf({ kind, statistics: { ...statistics, eValue } }) });
    expect(evidenceOf(null)).toBeNull();
    expect(evidenceWith('pass', 0.95)).toEqual({ part: 0, value: 0.95, failsAt: 100 });
    expect(evidenceWith('pass', 10)?.part).toBeCloseTo(0.5);
    expect(evidenceWith('fail', 40)).toEqual({ part: 1, value: null, failsAt: 100 });
    expect(evidenceText({ part: 0, value: 0.951, failsAt: 142.8 })).toBe('0.95, fails at 140');
    expect(evidenceText({ part: 1, value: null, failsAt: 100 })).toBe('reached 100, at which it fails');
  });

  it('is a sentence for whoever cannot see it', () => {
    const [chart] = checkCharts(seriesOf());
    expect(chart && chartText(chart)).toBe('errors: canary 0.8 % against 0.5 % of stable, held against 2 %.');
    const alert = seriesOf({
      stages: seriesOf().stages.map((stage) => ({ ...stage, checks: [checkOf({ kind: 'threshold' })] })),
    });
    const [limited] = checkCharts(alert);
    expect(limited && chartText(limited)).toContain('allowed at most 2 %.');
    expect(allowedText({ low: null, high: null }, '%')).toContain('without a fixed limit');
    expect(allowedText({ low: 99, high: 100 }, '%')).toBe('99 to 100 %');
  });
});

it('few seconds read as milliseconds, and too few samples as such', () => {
  expect(valueText(0.01665, 's')).toBe('16.6 ms');
  expect(valueText(0.3, 's')).toBe('0.3 s');
  expect(allowedText({ low: 0.01, high: 0.5 }, 's')).toBe('10 ms to 0.5 s');
  const thin = 'errors has 41 samples of the canary so far, and at least 50 are needed';
  expect(verdictWord({ kind: 'no-data', reason: thin })).toBe('too few yet');
  expect(verdictWord({ kind: 'no-data', reason: 'nothing was measured' })).toBe('no data');
});

describe('the chart of the share', () => {
  it('holds what was asked until the next step, has what was measured between, and the plan ahead', () => {
    const view = running();
    const lines = stageLines(view, { nowMs: at(21), isHeard: true });
    const points = sharePoints(seriesOf(), lines, { startedAtMs: startMs, untilMs: at(21) });
    expect(points.map(({ asked }) => asked).filter((one) => one !== null)).toEqual([0, 10, 10, 10]);
    expect(points.find(({ measured }) => measured !== null)).toMatchObject({
      atMs: at(10),
      asked: 10,
      measured: 9.8,
    });
    expect(points.flatMap(({ planned }) => planned ?? [])).toEqual([10, 50, 100, 100]);
    expect(shareText(points)).toBe('Share of the canary: 10 % asked, 9.8 % measured; at most 10 % so far.');
  });
});
