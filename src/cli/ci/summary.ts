/** What a pipeline keeps of a rollout: a summary in Markdown, and outputs for the steps after it. */
import { randomUUID } from 'node:crypto';
import type { RolloutView } from '../../api/contract.ts';
import { formatDuration } from '../../domain/duration.ts';

export function summaryOf(view: RolloutView): string {
  const { target, version, outcome, status, runId, temporalStatus } = view;
  const how = outcome ?? `ended without an outcome (${temporalStatus.toLowerCase()})`;
  const reason = reasonOf(view);
  const lines = [
    `## ${marks[outcome ?? 'none']} ${cell(target)} ${cell(version ?? '')}: ${how}`,
    '',
    ...(reason === '' ? [] : [`> ${cell(reason)}`, '']),
    ...stagesOf(view),
    ...gatesOf(view),
    ...rollbackOf(view),
  ];
  const took = status?.endedAtMs
    ? `, ${formatDuration(status.endedAtMs - status.startedAtMs)} from start to end`
    : '';
  return [...lines, `Run \`${runId}\`${took}.`, ''].join('\n');
}

const marks = { promoted: '✅', 'rolled-back': '⏪', refused: '⛔', none: '❌' } as const;

function reasonOf({ status }: RolloutView): string {
  return status?.cause?.reason ?? status?.refusal ?? '';
}

function stagesOf({ status }: RolloutView): string[] {
  const reports = status?.reports ?? [];
  if (reports.length === 0) return [];
  const rows = reports.map(({ name, weightPercent, ending, startedAtMs, endedAtMs, checks }) => {
    const took = endedAtMs === null ? '-' : formatDuration(endedAtMs - startedAtMs);
    const said = checks.map(({ name: check, answer }) => `${check} ${answer ?? 'no answer'}`).join(', ');
    return `| ${cell(name)} | ${weightPercent} % | ${took} | ${ending ?? '-'} | ${cell(said)} |`;
  });
  return ['| Stage | Share | Took | Ended | Checks |', '|---|---|---|---|---|', ...rows, ''];
}

function gatesOf({ status }: RolloutView): string[] {
  const gates = status?.gates ?? [];
  if (gates.length === 0) return [];
  const rows = gates.map(({ name, answer, reason }) => `| ${cell(name)} | ${answer} | ${cell(reason)} |`);
  return ['| Gate | Answer | Why |', '|---|---|---|', ...rows, ''];
}

function rollbackOf({ status }: RolloutView): string[] {
  const rollback = status?.rollback;
  if (!rollback) return [];
  const restored = rollback.restoreMs === null ? 'not yet' : `after ${formatDuration(rollback.restoreMs)}`;
  return [`Rolled back by ${rollback.trigger}; all traffic back on stable: ${restored}.`, ''];
}

/** Text of others, which must not break a table or become markup. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[|<>`*_\\[\]]/g, '\\$&');
}

/** In the form that GitHub's runner reads: each value between lines that nobody can guess. */
export function outputsOf(view: RolloutView): string {
  const values = {
    target: view.target,
    version: view.version ?? '',
    'run-id': view.runId,
    outcome: view.outcome ?? '',
    reason: reasonOf(view),
  };
  const end = `end-${randomUUID()}`;
  return Object.entries(values)
    .map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`)
    .join('');
}
