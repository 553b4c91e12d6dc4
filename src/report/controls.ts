/** Which controls of which standards a gate speaks for, and which of them are met: by its raw report, else by its facts. */
import type { GateReport } from '../domain/gates/types.ts';
import { fieldOf } from './fields.ts';
import type { ReportSource } from './source.ts';

export interface Control {
  /** `SOC 2 CC8.1` */
  readonly id: string;
  readonly met: boolean;
  readonly gate: GateReport;
}

/** A report names all of them; facts have room for those that are open. */
export function controlsOf({ raw }: Pick<ReportSource, 'raw'>, gate: GateReport): Control[] {
  const told = gate.reports.flatMap(({ sha256 }) => controlsIn(fieldOf(raw(sha256), 'controls'), gate));
  return told.length > 0 ? told : controlsIn(gate.facts.controls, gate);
}

/** `{ standard: { met: [a], open: [b] } }`; of other gates also `{ standard: [a] }`, which stand and fall with their answer. */
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
