/**
 * What a command was meant for, as whoever gave it saw the rollout: a command that comes too late for that does
 * nothing. Pure.
 */
import { overrideQuestion, questionOf } from '../gates/approval-link.ts';
import type { RolloutStatus } from './status.ts';
import type { Command, CommandName, Expectation, RolloutState, TimelineEntry } from './types.ts';

const answers: readonly CommandName[] = ['approve', 'reject', 'confirm'];

/** Where a rollout stands, by its own account. */
type Standing = Pick<
  RolloutStatus,
  'startedAtMs' | 'stage' | 'phase' | 'version' | 'question' | 'overrideAsked' | 'timeline'
> & { readonly stages: readonly { readonly name: string }[] };

/** Why the rollout is not any more where the command was meant for, in one sentence; null: it is, or nobody said. */
export function expectationFault(state: RolloutState, command: Command): string | null {
  if (command.expect === undefined) return null;
  const { plan, startedAtMs, stage, phase, timeline } = state;
  const question = questionOf(state);
  const standing: Standing = {
    ...{ startedAtMs, stage, phase, timeline, version: plan.version, stages: plan.stages },
    ...(question === null ? {} : { question }),
    ...(state.overrideAsked ? { overrideAsked: state.overrideAsked } : {}),
  };
  return standingFault(standing, command);
}

/** As `expectationFault`, for whoever sees the rollout from outside. */
export function standingFault(
  now: Standing,
  { name, expect }: Pick<Command, 'name' | 'expect'>,
): string | null {
  if (expect === undefined) return null;
  const { startedAtMs = now.startedAtMs, stage = now.stage, phase = now.phase, question } = expect;
  if (startedAtMs !== now.startedAtMs) {
    const began = new Date(now.startedAtMs).toISOString();
    return `it was meant for another rollout; that of ${now.version}, which began at ${began}, is ${now.phase} by now`;
  }
  const isThere = stage === now.stage && phase === now.phase;
  const asked = name === 'confirm' ? overrideQuestion(now) : now.question;
  const isAsked = question === undefined || question === asked;
  if (isThere && isAsked) return null;
  const stands = `the rollout is ${now.phase} in stage ${nameOf(now, now.stage)} by now`;
  const meant = isThere
    ? `the question that it answers is not asked any more; ${stands}`
    : `it was meant for stage ${nameOf(now, stage)} while ${phase}, and ${stands}`;
  const last = now.timeline.findLast(isNews);
  return last === undefined ? meant : `${meant}; the last that happened: ${newsText(last)}`;
}

/** What somebody who sees this means by the command; null: it is never refused for what has happened since. */
export function expectationOf(
  name: CommandName,
  status: Pick<RolloutStatus, 'startedAtMs' | 'stage' | 'phase' | 'question' | 'overrideAsked'>,
): Expectation | null {
  const { startedAtMs, stage, phase } = status;
  if (name === 'rollback') return null;
  if (name === 'promote' || name === 'resume') return { startedAtMs, stage, phase };
  // A pause stops the clock of whatever stage it finds, and an override is for all that follow.
  if (!answers.includes(name)) return { startedAtMs };
  const question = name === 'confirm' ? overrideQuestion(status) : (status.question ?? null);
  return question === null ? null : { startedAtMs, question };
}

function nameOf({ stages }: Standing, stage: number): string {
  return `"${stages[stage]?.name ?? stage}"`;
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
