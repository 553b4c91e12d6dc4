/** A rollout of the live list as cells of text, and which columns there is room for. Pure. */
import type { RolloutRow } from '../../api/contract.ts';
import { formatDuration } from '../../domain/duration.ts';
import { type Attention, attentions } from '../../domain/rollout/attention.ts';

/** In this order on the screen; `last` goes first where there is no room, and the lowest stay longest. */
const columns = [
  { title: 'STATE', leaves: 1, of: stateOf },
  { title: 'TARGET', leaves: 0, of: ({ target }: RolloutRow) => target },
  { title: 'VERSION', leaves: 5, of: ({ version }: RolloutRow) => version ?? '?' },
  { title: 'STAGE', leaves: 6, of: stageOf },
  { title: 'SHARE', leaves: 2, of: shareOf },
  { title: 'CHECKS', leaves: 3, of: checksOf },
  { title: 'FOR', leaves: 7, of: (row: RolloutRow, nowMs: number) => shortly(nowMs - row.startedAtMs) },
  { title: 'LEFT', leaves: 4, of: leftOf },
  { title: 'WHO', leaves: 8, of: ({ startedBy }: RolloutRow) => startedBy ?? '-' },
] as const;

interface Room {
  readonly nowMs: number;
  readonly columns: number;
}

/** Room for less of a sentence than this is better left empty. */
const leastWhy = 16;

/** The header and one line for each row, none wider than the room; what stands in a rollout's way comes last, cut. */
export function tableOf(rows: readonly RolloutRow[], { nowMs, columns: width }: Room): string[] {
  const all = columns.map(({ title, leaves, of }) => {
    const cells = rows.map((row) => of(row, nowMs));
    return { title, leaves, cells, width: Math.max(...[title, ...cells].map((cell) => cell.length)) };
  });
  const widthOf = (some: typeof all) => some.reduce((sum, column) => sum + column.width + 2, -2);
  let shown = all;
  for (let leaves = columns.length - 1; widthOf(shown) > width && leaves > 1; leaves -= 1) {
    shown = shown.filter((column) => column.leaves !== leaves);
  }
  const rest = width - widthOf(shown) - 2;
  const line = (cell: (column: (typeof all)[number]) => string, why: string) => {
    const cells = shown.map((column) => cell(column).padEnd(column.width)).join('  ');
    return (rest < leastWhy ? cells : `${cells}  ${why}`).slice(0, width).trimEnd();
  };
  return [
    line(({ title }) => title, 'WHY'),
    ...rows.map((row, at) => line(({ cells }) => cells[at] ?? '', whyOf(row))),
  ];
}

/**
 * Those that want a person's eye come first; among equals the order never changes, so that the eye finds them again.
 */
export function byTrouble(rows: Iterable<RolloutRow>): RolloutRow[] {
  const rank = ({ attention }: RolloutRow) => attentions.indexOf(attention);
  return [...rows].sort((a, b) => rank(a) - rank(b) || a.target.localeCompare(b.target));
}

const wanting: Readonly<Record<Exclude<Attention, 'none'>, string>> = {
  restoring: '! going back',
  failing: '! failing',
  held: '! held',
  asks: '? asks',
  blind: '? blind',
};

function stateOf({ attention, phase, paused, restore }: RolloutRow, nowMs: number): string {
  const late = restore !== null && restore.restoredAtMs === null && nowMs > restore.dueAtMs;
  if (late) return '! LATE BACK';
  if (attention !== 'none') return wanting[attention];
  return `  ${paused ? 'paused' : (phase ?? 'starting')}`;
}

function stageOf({ stage, stages, stageName }: RolloutRow): string {
  if (stage === null) return '-';
  const place = stages === null ? `${stage + 1}` : `${stage + 1}/${stages}`;
  return stageName === null ? place : `${place} ${stageName}`;
}

const barCells = 8;

/** As asked for; what was measured only where it is something else. */
function shareOf({ askedPercent: asked, measuredPercent: measured }: RolloutRow): string {
  if (asked === null) return '-';
  const full = Math.max(asked > 0 ? 1 : 0, Math.round((asked / 100) * barCells));
  const bar = `${'█'.repeat(full)}${'░'.repeat(barCells - full)}`;
  const differs = measured !== null && Math.abs(measured - asked) >= 1;
  return `${bar} ${percent(asked).padStart(4)}${differs ? ` (${percent(measured)})` : ''}`;
}

function percent(value: number): string {
  return `${Math.round(value * 10) / 10}%`;
}

const kinds = [
  ['fail', 'fail'],
  ['error', 'error'],
  ['noData', 'no data'],
  ['pass', 'pass'],
] as const;

function checksOf({ checks }: RolloutRow): string {
  const said = kinds.flatMap(([key, word]) => (checks[key] > 0 ? [`${checks[key]} ${word}`] : []));
  return said.join(', ') || '-';
}

/** The way back has a deadline, the way on only an expectation. */
function leftOf({ restore, expectedEndAtMs }: RolloutRow, nowMs: number): string {
  const endMs = restore === null ? expectedEndAtMs : restore.restoredAtMs === null ? restore.dueAtMs : null;
  return endMs === null ? '-' : shortly(endMs - nowMs);
}

function whyOf({ why, verdict, attention }: RolloutRow): string {
  if (why !== null) return why;
  return verdict !== null && attention !== 'none' ? `${verdict.check}: ${verdict.reason}` : '';
}

/** To the second below an hour, to the minute beyond. */
function shortly(ms: number): string {
  const stepMs = ms < 3_600_000 ? 1000 : 60_000;
  return formatDuration(Math.max(0, Math.floor(ms / stepMs) * stepMs));
}
