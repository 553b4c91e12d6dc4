/** The share of traffic over time: what was set, what was measured, and what is planned from now on. Pure. */
import type { RolloutSeries } from '../../../../api/contract.ts';
import type { StageLine } from './stage-lines.ts';
import { valueText } from './wording.ts';

export interface SharePoint {
  readonly atMs: number;
  readonly asked: number | null;
  readonly measured: number | null;
  readonly planned: number | null;
}

interface ShareTimes {
  readonly startedAtMs: number;
  /** The end of the rollout, or now. */
  readonly untilMs: number;
}

/** One row for each time at which anything is known; the asked share holds until the next one is set. */
export function sharePoints(
  { asked, measured }: Pick<RolloutSeries, 'asked' | 'measured'>,
  lines: readonly StageLine[],
  { startedAtMs, untilMs }: ShareTimes,
): SharePoint[] {
  const steps = [
    { atMs: startedAtMs, percent: 0 },
    ...asked.atMs.map((atMs, at) => ({ atMs, percent: asked.percent[at] ?? 0 })),
  ];
  const last = steps.at(-1);
  const setRows = [...steps, { atMs: untilMs, percent: last?.percent ?? 0 }].map(({ atMs, percent }) =>
    row(atMs, { asked: percent }),
  );
  const seenRows = measured.atMs.map((atMs, at) => {
    const holding = steps.findLast((step) => step.atMs <= atMs);
    return row(atMs, { measured: measured.percent[at] ?? null, asked: holding?.percent ?? 0 });
  });
  return [...setRows, ...seenRows, ...plannedRows(lines, untilMs, last?.percent ?? 0)].sort(
    (a, b) => a.atMs - b.atMs,
  );
}

function plannedRows(lines: readonly StageLine[], fromMs: number, percent: number): SharePoint[] {
  const ahead = lines.filter(({ state, startedAtMs }) => state === 'planned' && startedAtMs !== null);
  if (ahead.length === 0) return [];
  const end = ahead.at(-1);
  return [
    row(fromMs, { planned: percent }),
    ...ahead.map(({ startedAtMs, weightPercent }) => row(startedAtMs ?? fromMs, { planned: weightPercent })),
    row(end?.endsAtMs ?? fromMs, { planned: end?.weightPercent ?? percent }),
  ];
}

function row(atMs: number, known: Partial<SharePoint>): SharePoint {
  return { atMs, asked: null, measured: null, planned: null, ...known };
}

/** What the chart shows, in one sentence. */
export function shareText(points: readonly SharePoint[]): string {
  const asked = points.findLast((point) => point.asked !== null)?.asked ?? 0;
  const measured = points.findLast((point) => point.measured !== null)?.measured ?? null;
  const highest = points.reduce((most, point) => Math.max(most, point.asked ?? 0), 0);
  const seen = measured === null ? 'not measured' : `${valueText(measured, '%')} measured`;
  return `Share of the canary: ${valueText(asked, '%')} asked, ${seen}; at most ${valueText(highest, '%')} so far.`;
}
