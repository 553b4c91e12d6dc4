/** The live list as lines for a terminal. Pure. */
import type { RolloutRow } from '../../api/contract.ts';
import { type Ink, type Paint, paint, plain } from '../../stack/paint.ts';
import { ageOf } from '../text.ts';
import type { Blind } from './board.ts';
import { tableOf } from './columns.ts';

interface PictureOptions {
  /** By the API's clock. */
  readonly nowMs: number;
  /** By this machine's, as is `blind`. */
  readonly ownMs: number;
  readonly blind: Blind | null;
  readonly columns: number;
  /** Lines there are; fewer than the rows need: some are left out, and counted. */
  readonly lines: number;
  /** Rows that were scrolled away. */
  readonly skip: number;
  readonly color: boolean;
}

const frame = 4;

/** How many rows can be seen at once. */
export function roomForRows(lines: number): number {
  return Math.max(1, lines - frame);
}

export function pictureOf(rows: readonly RolloutRow[], options: PictureOptions): string[] {
  const { nowMs, columns, lines, skip, blind, ownMs } = options;
  const ink = options.color ? paint : plain;
  const cut = (text: string) => text.slice(0, columns);
  const [header = '', ...body] = tableOf(rows, { nowMs, columns });
  const room = roomForRows(lines);
  const shown = body.slice(skip, skip + room);
  const place = `${skip + 1}-${skip + shown.length} of ${body.length}`;
  const foot = shown.length < body.length ? [place, 'q quits', 'j k, space b, g G scroll'] : ['q quits'];
  const painted = shown.map((line, at) => inkOf(rows[skip + at], ink)(line));
  return [
    blind === null ? ink.bold(cut(headline(rows))) : ink.red(cut(blindLine(blind, ownMs))),
    ink.dim(header),
    ...(rows.length === 0 ? ['no rollout runs'] : painted),
    ink.dim(cut(foot.join('   '))),
  ];
}

export function headline(rows: readonly RolloutRow[]): string {
  const eyed = rows.filter(({ attention }) => attention !== 'none').length;
  const running = `${rows.length} rollout${rows.length === 1 ? '' : 's'} running`;
  return eyed === 0 ? running : `${running}, ${eyed} ${eyed === 1 ? 'wants' : 'want'} an eye`;
}

function blindLine({ why, sinceMs }: Blind, ownMs: number): string {
  return `what is shown is ${ageOf(sinceMs, ownMs)} old: ${why}; trying again`;
}

const same: Ink = (text) => text;

function inkOf(row: RolloutRow | undefined, ink: Paint): Ink {
  switch (row?.attention) {
    case 'restoring':
    case 'failing':
      return ink.red;
    case 'held':
    case 'asks':
    case 'blind':
      return ink.yellow;
    default:
      return same;
  }
}
