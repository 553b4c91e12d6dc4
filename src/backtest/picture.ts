/** Draws one check of a backtest as SVG: both arms, the interval of the canary, and a mark for each look. */
import { formatDuration } from '../domain/duration.ts';
import type { BacktestCheck, BacktestPoint } from './types.ts';

const width = 860;
const height = 170;
const left = 60;
const right = 850;
const top = 10;
const bottom = 130;
/** More looks cannot be told apart; those that failed are always drawn. */
const maxDrawn = 400;

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function picture({ name, unit, points }: BacktestCheck, fromMs: number, toMs: number): string {
  const drawn = thinned(points);
  const { low, high } = rangeOf(drawn);
  const x = (atMs: number) => left + ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * (right - left);
  const y = (value: number) =>
    bottom - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (bottom - top);
  const at = (point: BacktestPoint, value: number) => `${x(point.atMs).toFixed(1)},${y(value).toFixed(1)}`;
  const line = (arm: 'canary' | 'stable') => drawn.flatMap((p) => (p[arm] === null ? [] : [at(p, p[arm])]));
  const upper = drawn.flatMap((p) => (p.high === null ? [] : [at(p, p.high)]));
  const lower = drawn.flatMap((p) => (p.low === null ? [] : [at(p, p.low)]));
  const failed = points.find(({ kind }) => kind === 'fail');
  const mark = failed === undefined ? '' : x(failed.atMs).toFixed(1);
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(name)}">`,
    ...[low, (low + high) / 2, high].map(
      (value) =>
        `<line class="g" x1="${left}" y1="${y(value)}" x2="${right}" y2="${y(value)}"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${shown(value)}${unit === '' ? '' : ` ${escaped(unit)}`}</text>`,
    ),
    upper.length > 1 ? `<polygon class="b" points="${[...upper, ...lower.reverse()].join(' ')}"/>` : '',
    `<polyline class="t" points="${line('stable').join(' ')}"/><polyline class="c" points="${line('canary').join(' ')}"/>`,
    mark === '' ? '' : `<line class="end" x1="${mark}" y1="${top}" x2="${mark}" y2="${bottom + 14}"/>`,
    ...drawn.map((point) => markOf(point, x(point.atMs), fromMs)),
    `<text x="${left}" y="${height - 8}">0s</text><text x="${right}" y="${height - 8}" text-anchor="end">${formatDuration(toMs - fromMs)}</text>`,
    '</svg>',
  ].join('');
}

function markOf({ atMs, kind, eValue }: BacktestPoint, x: number, fromMs: number): string {
  const evidence = eValue === null ? '' : `, evidence ${shown(eValue)}`;
  const title = `${kind} after ${formatDuration(atMs - fromMs)}${evidence}`;
  return `<circle class="m-${kind}" cx="${x.toFixed(1)}" cy="${bottom + 12}" r="${kind === 'fail' ? 4 : 2}"><title>${title}</title></circle>`;
}

function thinned(points: readonly BacktestPoint[]): readonly BacktestPoint[] {
  const every = Math.max(1, Math.ceil(points.length / maxDrawn));
  return points.filter(({ kind }, index) => index % every === 0 || kind === 'fail');
}

/** By the arms: intervals are wide while little is known, and would press everything else flat. */
function rangeOf(points: readonly BacktestPoint[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of points.flatMap(({ canary, stable }) => [canary, stable])) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 0, high: 1 };
  const room = (high - low) * 0.5 || Math.abs(high) * 0.1 || 1;
  return { low: low - room, high: high + room };
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
