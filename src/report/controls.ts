/**
 * Which controls of which standards a gate speaks for, and which of them are met: by its raw report, else by its facts.
 */
import type { GateReport } from '../domain/gates/types.ts';
import { fieldOf, numberAt } from './fields.ts';
import type { ReportSource } from './source.ts';

export interface Control {
  /** `SOC 2 CC8.1` */
  readonly id: string;
  readonly met: boolean;
  readonly gate: GateReport;
}

/** A report names all of them; facts have room for some. */
export function controlsOf({ raw }: Pick<ReportSource, 'raw'>, gate: GateReport): Control[] {
  const told = controlsInReports(raw, gate);
  return told.length > 0 ? told : controlsIn(gate.facts.controls, gate);
}

/** How many more the gate counted than its facts name, where no report of it is there to name them. */
export function unnamedIn({ raw }: Pick<ReportSource, 'raw'>, gate: GateReport): number {
  const given = gate.facts.controls;
  if (typeof given !== 'object' || given === null || controlsInReports(raw, gate).length > 0) return 0;
  // Facts of before had only the number of those that are met.
  const more = Object.values(given).map((ids) => numberAt(ids, 'left') ?? numberAt(ids, 'met') ?? 0);
  return more.reduce((sum, one) => sum + one, 0);
}

function controlsInReports(raw: ReportSource['raw'], gate: GateReport): Control[] {
  return gate.reports.flatMap(({ sha256 }) => controlsIn(fieldOf(raw(sha256), 'controls'), gate));
}

/**
 * `{ standard: { met: [a], open: [b] } }`; of other gates also `{ standard: [a] }`, which stand and fall with their
 * answer.
 */
function controlsIn(given: unknown, gate: GateReport): Control[] {
  if (typeof given !== 'object' || given === null) return [];
  const opened = gate.answer === 'open';
  return Object.entries(given).flatMap(([standard, ids]) => {
    const named = (list: unknown, met: boolean) =>
      textsIn(list).map((id) => ({ id: `${standard} ${id}`, met, gate }));
    if (Array.isArray(ids) || typeof ids === 'string') return named(ids, opened);
    return [...named(fieldOf(ids, 'met'), true), ...named(fieldOf(ids, 'open'), false)];
  });
}

function textsIn(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  return Array.isArray(given) ? given.filter((one) => typeof one === 'string') : [];
}
