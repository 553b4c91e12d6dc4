/** The results as Markdown tables: read in a terminal as they are, and pasted into docs. */
import type { CellResult } from './aims.ts';
import { type Cell, idOf, worseFactors } from './cells.ts';
import type { Outcome } from './outcome.ts';

/** False rollbacks of every rule, one row for each cell. */
export function falseRollbackTable(results: readonly CellResult[], rules: readonly string[]): string {
  const rows = results.map(({ cell, outcomes }) => [
    idOf(cell),
    ...rules.map((rule) => rateShown(outcomes.get(1)?.[rule], rule === 'sluice')),
  ]);
  return markdown(['cell', ...rules], rows);
}

/** Delay of every rule, p50 / p90 in seconds, one row for each cell and factor. */
export function delayTable(results: readonly CellResult[], rules: readonly string[]): string {
  const rows = results.flatMap(({ cell, outcomes }) =>
    worseFactors[cell.kind].map((factor) => [
      `${idOf(cell)} ${worseShown(cell, factor)}`,
      ...rules.map((rule) => delayShown(outcomes.get(factor)?.[rule])),
    ]),
  );
  return markdown(['cell', ...rules], rows);
}

export function worseShown(cell: Cell, factor: number): string {
  return cell.kind === 'errors' ? `x${factor}` : `+${Math.round((factor - 1) * 100)}%`;
}

function rateShown(outcome: Outcome | undefined, withInterval: boolean): string {
  if (outcome === undefined) return '';
  const interval = withInterval ? ` (${percentShown(outcome.low)} to ${percentShown(outcome.high)})` : '';
  return `${percentShown(outcome.rate)}${interval}`;
}

export function percentShown(share: number): string {
  return (share * 100).toFixed(share >= 0.1 || share === 0 ? 0 : 2);
}

function delayShown(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '';
  return outcome.p50 === null ? '-' : `${outcome.p50} / ${outcome.p90 ?? '-'}`;
}

/** A table with its columns in line, so that it can be read as it is too. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const padded = (row: readonly string[]) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [lineOf(padded(head)), lineOf(rule), ...rows.map((row) => lineOf(padded(row)))].join('\n');
}
