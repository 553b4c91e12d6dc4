/** The canary's share of traffic over the rollout, as it was read back, with what turned it. */
import { escaped } from '../../backtest/picture.ts';
import { formatDuration } from '../../domain/duration.ts';

export interface ShareStep {
  readonly atMs: number;
  readonly percent: number;
}

interface Mark {
  readonly atMs: number;
  readonly label: string;
}

const width = 860;
const height = 200;
const left = 48;
const right = 850;
const top = 28;
const bottom = 165;

export function shareChart(
  steps: readonly ShareStep[],
  marks: readonly Mark[],
  fromMs: number,
  toMs: number,
): string {
  const span = Math.max(1, toMs - fromMs);
  const x = (atMs: number) =>
    (left + (Math.min(span, Math.max(0, atMs - fromMs)) / span) * (right - left)).toFixed(1);
  const y = (percent: number) =>
    (bottom - (Math.min(100, Math.max(0, percent)) / 100) * (bottom - top)).toFixed(1);
  const corners = steps.flatMap(({ atMs, percent }, index) => {
    const before = steps[index - 1]?.percent ?? 0;
    return [`${x(atMs)},${y(before)}`, `${x(atMs)},${y(percent)}`];
  });
  const last = steps.at(-1)?.percent ?? 0;
  const line = [`${x(fromMs)},${y(0)}`, ...corners, `${x(toMs)},${y(last)}`];
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="share of traffic of the new version">`,
    ...[0, 50, 100].map(
      (percent) =>
        `<line class="g" x1="${left}" y1="${y(percent)}" x2="${right}" y2="${y(percent)}"/><text x="${left - 6}" y="${Number(y(percent)) + 4}" text-anchor="end">${percent} %</text>`,
    ),
    `<polygon class="share" points="${[...line, `${x(toMs)},${y(0)}`].join(' ')}"/>`,
    ...marks.map((mark, index) => markOf(mark, x(mark.atMs), index)),
    `<text x="${left}" y="${height - 12}">0s</text><text x="${right}" y="${height - 12}" text-anchor="end">${formatDuration(Math.round(span / 1000) * 1000)}</text>`,
    '</svg>',
  ].join('');
}

/** Labels of marks that lie close together stand on two heights. */
function markOf({ label }: Mark, x: string, index: number): string {
  const anchor = Number(x) > (left + right) / 2 ? 'end' : 'start';
  const height = index % 2 === 0 ? 11 : 23;
  return `<line class="mark" x1="${x}" y1="${height}" x2="${x}" y2="${bottom}"/><text x="${x}" y="${height}" text-anchor="${anchor}">${escaped(label)}</text>`;
}
