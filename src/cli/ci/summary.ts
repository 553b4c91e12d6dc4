/** What a pipeline keeps of a rollout: a summary in Markdown, and outputs for the steps after it. */
import { randomUUID } from 'node:crypto';
import type { RolloutView } from '../../api/contract.ts';
import { formatMeasured } from '../../domain/duration.ts';

/** What is known of a rollout when the pipeline stops following it; of its start no more than its names. */
export type Known = Pick<
  RolloutView,
  'target' | 'version' | 'runId' | 'outcome' | 'status' | 'temporalStatus'
>;

/** Why it was not followed to its end. */
export interface CutShort {
  readonly how: string;
  readonly why: string;
}

export function summaryOf(known: Known, cutShort?: CutShort): string {
  const { target, version, outcome, status, runId, temporalStatus } = known;
  const how = outcome ?? cutShort?.how ?? `ended without an outcome (${temporalStatus.toLowerCase()})`;
  const reason = reasonOf(known, cutShort);
  const lines = [
    `## ${marks[outcome ?? 'none']} ${cell(target)} ${cell(version ?? '')}: ${how}`,
    '',
    ...(reason === '' ? [] : [`> ${cell(reason)}`, '']),
    ...stagesOf(known),
    ...gatesOf(known),
    ...rollbackOf(known),
  ];
  const took = status?.endedAtMs
    ? `, ${formatMeasured(status.endedAtMs - status.startedAtMs)} from start to end`
    : '';
  return [...lines, `Run \`${runId}\`${took}.`, ''].join('\n');
}

const marks = { promoted: '✅', 'rolled-back': '⏪', refused: '⛔', none: '❌' } as const;

function reasonOf({ status }: Known, cutShort?: CutShort): string {
  return cutShort?.why ?? status?.cause?.reason ?? status?.refusal ?? '';
}

function stagesOf({ status }: Known): string[] {
  const reports = status?.reports ?? [];
  if (reports.length === 0) return [];
  const rows = reports.map(({ name, weightPercent, ending, startedAtMs, endedAtMs, checks }) => {
    const took = endedAtMs === null ? '-' : formatMeasured(endedAtMs - startedAtMs);
    const said = checks.map(({ name: check, answer }) => `${check} ${answer ?? 'no answer'}`).join(', ');
    return `| ${cell(name)} | ${weightPercent} % | ${took} | ${ending ?? '-'} | ${cell(said)} |`;
  });
  return ['| Stage | Share | Took | Ended | Checks |', '|---|---|---|---|---|', ...rows, ''];
}

function gatesOf({ status }: Known): string[] {
  const gates = status?.gates ?? [];
  if (gates.length === 0) return [];
  const rows = gates.map(({ name, answer, reason }) => `| ${cell(name)} | ${answer} | ${cell(reason)} |`);
  return ['| Gate | Answer | Why |', '|---|---|---|', ...rows, ''];
}

function rollbackOf({ status }: Known): string[] {
  const rollback = status?.rollback;
  if (!rollback) return [];
  const restored = rollback.restoreMs === null ? 'not yet' : `after ${formatMeasured(rollback.restoreMs)}`;
  return [`Rolled back by ${rollback.trigger}; all traffic back on stable: ${restored}.`, ''];
}

/** Text of others, which must not break a table or become markup. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[|<>`*_\\[\]]/g, '\\$&');
}

/** In the form that GitHub's runner reads: each value between lines that nobody can guess. */
export function outputsOf(known: Known, cutShort?: CutShort): string {
  const values = {
    target: known.target,
    version: known.version ?? '',
    'run-id': known.runId,
    outcome: known.outcome ?? '',
    reason: reasonOf(known, cutShort),
  };
  const end = `end-${randomUUID()}`;
  return Object.entries(values)
    .map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`)
    .join('');
}
