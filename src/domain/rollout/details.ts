/** The rollout in a few lines of Markdown, for Temporal's UI. */
import { targetOf } from '../plan/types.ts';
import { statusOf } from './status.ts';
import type { RolloutState } from './types.ts';

export function detailsOf(state: RolloutState): string {
  const status = statusOf(state);
  const lines = [
    `**${targetOf(state.plan)} ${state.plan.version}**: ${state.phase}${state.paused ? ' (paused)' : ''}, canary asked ${status.askedPercent} %`,
    '',
    ...state.plan.stages.map(
      (stage, index) => `- ${marker(state, index)} ${stage.name} (${stage.weightPercent} %)`,
    ),
  ];
  if (state.hold) lines.push('', `Held: ${state.hold.reason}`);
  if (state.cause)
    lines.push('', `Going back: ${state.cause.reason}${state.cause.actor ? ` (${state.cause.actor})` : ''}`);
  const last = state.timeline.at(-1);
  if (last) lines.push('', `Last: ${last.text}`);
  return lines.join('\n');
}

function marker(state: RolloutState, index: number): string {
  const report = state.reports[index];
  if (!report) return '☐';
  return report.endedAtMs === null ? '▶' : report.ending === 'rolled-back' ? '✗' : '☑';
}
