/**
 * Under a check's sentence, what it rests on as a picture: canary against stable, the interval of the difference, the
 * evidence. Pure.
 */
import type { Statistics } from '../domain/analysis/counts-check.ts';
import { amount } from '../domain/analysis/format.ts';
import type { Verdict } from '../domain/analysis/types.ts';
import { type Ink, type Paint, plain } from './paint.ts';

type Seen = Pick<Verdict, 'canary' | 'stable' | 'statistics'>;

const axisCells = 25;
const barCells = 20;
/** What `armBars` shows beside the bars: two names, two values of at most 8 characters, and the gaps. */
const wordCells = 34;
const evidenceCells = 10;

/** Null: there is nothing to compare with. In `columns` characters, as far as the least of it has room there. */
export function checkBars({ canary, stable, statistics }: Seen, ink: Paint, columns: number): string | null {
  if (canary === null || stable === null) return null;
  if (statistics === undefined) return armBars(canary, stable, columns);
  const drawn = (of: Paint) => `${evidence(statistics, of)}  ${interval(statistics, of)}`;
  // The check's sentence has the values of the arms too, so that they are what goes first.
  const arms = `  canary ${amount(canary, '')}  stable ${amount(stable, '')}`;
  return `${drawn(ink)}${drawn(plain).length + arms.length <= columns ? arms : ''}`;
}

/** Both on one scale, which begins at 0. */
function armBars(canary: number, stable: number, columns: number): string {
  const most = Math.max(canary, stable);
  const cells = Math.max(1, Math.min(barCells, Math.floor((columns - wordCells) / 2)));
  const bar = (value: number) => {
    const full = most > 0 ? Math.round((Math.max(0, value) / most) * cells) : 0;
    return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
  };
  return `canary ${bar(canary)} ${amount(canary, '').padEnd(8)}  stable ${bar(stable)} ${amount(stable, '')}`;
}

/** Where the difference of the canary's bad requests to stable's lies, with 0 in the middle; right of it is worse. */
function interval({ difference: { low, high } }: Statistics, ink: Paint): string {
  const end = niceAbove(Math.max(Math.abs(low), Math.abs(high)));
  const middle = (axisCells - 1) / 2;
  const cellOf = (value: number) => Math.round(middle + (value / end) * middle);
  const [from, to] = [cellOf(low), cellOf(high)];
  const cells = Array.from({ length: axisCells }, (_, at) => {
    if (at < from || at > to) return at === middle ? '┊' : '·';
    if (at === from) return '├';
    if (at === to) return '┤';
    return at === middle ? '┼' : '─';
  });
  const color: Ink = low > 0 ? ink.red : high < 0 ? ink.green : (text) => text;
  return `${ink.dim(`-${end}`)} ${color(cells.join(''))} ${ink.dim(`+${end} points worse`)}`;
}

/** On a scale of powers, as evidence multiplies: full is where the check fails. */
function evidence({ eValue, failsAt }: Statistics, ink: Paint): string {
  const part = eValue <= 1 ? 0 : Math.min(1, Math.log(eValue) / Math.log(failsAt));
  const full = Math.floor(part * evidenceCells);
  const bar = `${'█'.repeat(full)}${'░'.repeat(evidenceCells - full)}`;
  const color = part >= 1 ? ink.red : part >= 0.5 ? ink.yellow : ink.dim;
  return `evidence ${color(bar)}`;
}

/** 1, 2 or 5 times a power of ten, so that the scale seldom changes. */
function niceAbove(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((times) => times * power >= value) ?? 10;
  return Number((step * power).toPrecision(1));
}
