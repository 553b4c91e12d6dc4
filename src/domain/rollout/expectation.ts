/** What a command was meant for, as whoever gave it saw the rollout: a command that comes too late for that does nothing. Pure. */
import { overrideQuestion, questionOf } from '../gates/approval-link.ts';
import type { RolloutStatus } from './status.ts';
import type { Command, CommandName, Expectation, RolloutState, TimelineEntry } from './types.ts';

const answers: readonly CommandName[] = ['approve', 'reject', 'confirm'];

/** Why the rollout is not any more where the command was meant for, in one sentence; null: it is, or nobody said. */
export function expectationFault(state: RolloutState, { name, expect }: Command): string | null {
  if (expect === undefined) return null;
  const { startedAtMs = state.startedAtMs, stage = state.stage, phase = state.phase, question } = expect;
  if (startedAtMs !== state.startedAtMs) {
    const began = new Date(state.startedAtMs).toISOString();
    return `it was meant for another rollout; that of ${state.plan.version}, which began at ${began}, is ${state.phase} by now`;
  }
  const isThere = stage === state.stage && phase === state.phase;
  const asked = name === 'confirm' ? overrideQuestion(state) : questionOf(state);
  const isAsked = question === undefined || question === asked;
  if (isThere && isAsked) return null;
  const now = `the rollout is ${state.phase} in stage ${nameOf(state, state.stage)} by now`;
  const meant = isThere
    ? `the question that it answers is not asked any more; ${now}`
    : `it was meant for stage ${nameOf(state, stage)} while ${phase}, and ${now}`;
  const last = state.timeline.findLast(isNews);
  return last === undefined ? meant : `${meant}; the last that happened: ${newsText(last)}`;
}

/** What somebody who sees this means by the command; null: it is the same command wherever the rollout stands. */
export function expectationOf(
  name: CommandName,
  status: Pick<RolloutStatus, 'startedAtMs' | 'stage' | 'phase' | 'question' | 'overrideAsked'>,
): Expectation | null {
  const { startedAtMs, stage, phase } = status;
  // A pause stops the clock of whatever stage it finds, and a rollback is never refused.
  if (name === 'promote' || name === 'resume') return { startedAtMs, stage, phase };
  if (!answers.includes(name)) return null;
  const question = name === 'confirm' ? overrideQuestion(status) : (status.question ?? null);
  return question === null ? null : { startedAtMs, question };
}

function nameOf({ plan }: RolloutState, stage: number): string {
  return `"${plan.stages[stage]?.name ?? stage}"`;
}

/** Not what was refused or only noted in passing. */
function isNews({ kind }: TimelineEntry): boolean {
  const passing: readonly TimelineEntry['kind'][] = [
    'command-refused',
    'message-malformed',
    'webhook',
    'limit-near',
  ];
  return !passing.includes(kind);
}

function newsText({ text, actor }: TimelineEntry): string {
  return actor === null ? text : `${text} (${actor})`;
}
