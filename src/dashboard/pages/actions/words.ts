/** What each command is called on its button, and in a sentence what will happen when it is given. */

import type { RolloutView } from '../../../api/contract.ts';
import { formatMeasured } from '../../../domain/duration.ts';
import type { RolloutStatus } from '../../../domain/rollout/status.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { atText } from '../../ui/at-text.ts';
import { percent } from './figures.ts';

export const labels: Readonly<Record<CommandName, string>> = {
  promote: 'Promote',
  pause: 'Pause',
  resume: 'Resume',
  approve: 'Approve',
  reject: 'Reject',
  override: 'Ask to override windows',
  confirm: 'Confirm override',
  rollback: 'Roll back',
};

/** Those that take something away from users or from a rollout; they are never the first thing that Enter does. */
export const dangerous: ReadonlySet<CommandName> = new Set(['rollback', 'reject']);

interface Asked {
  readonly full: boolean;
  /** Of an override. */
  readonly for: string;
}

export function consequenceOf(name: CommandName, view: RolloutView, asked: Asked): string {
  const { status } = view;
  if (status === null) return withoutWorker(view);
  switch (name) {
    case 'promote':
      return promotion(view, status, asked.full);
    case 'pause':
      return `Stops the stage clock at ${percent(status.askedPercent)}. The canary keeps its users and is judged on; the rollout’s own limit, ${atText(status.limitAtMs)}, still counts.`;
    case 'resume':
      return resumption(status);
    case 'approve':
      return approval(status);
    case 'reject':
      return rejection(view, status);
    case 'override':
      return `Asks to go on in spite of windows and freezes for ${asked.for}. Nothing happens until somebody else confirms it.`;
    case 'confirm':
      return confirmation(status);
    case 'rollback':
      return wayBack(view, status);
  }
}

function withoutWorker({ version }: RolloutView): string {
  return `No worker answers now. The canary${version === null ? '' : ` ${version}`} is stopped in the data plane at once, and the rollout is told; it ends when a worker is back.`;
}

function wayBack(view: RolloutView, status: RolloutStatus): string {
  if (status.cause !== null) return 'It is going back already. Asking again skips what is still waited for.';
  const share = view.live?.measuredPercent ?? status.askedPercent;
  const moves =
    share > 0
      ? `${percent(share)} of requests move`
      : 'no request has reached it since, as it has no share of them';
  const { rollbackTimeoutMs: deadline } = status;
  const until =
    deadline === undefined ? '' : `, and the data plane must read 0 within ${formatMeasured(deadline)}`;
  return `All traffic goes back to ${stableOf(status)} now: ${moves}${until}.`;
}

function nextStep(status: RolloutStatus): string {
  const next = status.stages[status.stage + 1];
  return next === undefined
    ? `It was the last one: ${status.version} becomes the version of all users.`
    : `Stage “${next.name}” is next: ${percent(next.weightPercent)} of requests go to ${status.version}.`;
}

function promotion(view: RolloutView, status: RolloutStatus, full: boolean): string {
  const what = full ? fullPromotion(status) : stagePromotion(status);
  const resumed = status.paused ? ' It ends the pause.' : '';
  return `${what}${resumed}${unjudged(view, status)}`;
}

function stagePromotion(status: RolloutStatus): string {
  const ending = `Ends stage “${stageName(status)}” now`;
  return status.stages[status.stage]?.approval
    ? `${ending}; it still waits for somebody’s yes.`
    : `${ending}. ${nextStep(status)}`;
}

/** Empty where nobody knows what the checks have seen. */
function unjudged({ live }: RolloutView, { stage, reports, version }: RolloutStatus): string {
  if (live === null || live.stage !== stage || live.verdicts.length > 0) return '';
  return ` No check has judged ${reports.length === 0 ? version : 'this stage'} yet.`;
}

function fullPromotion({ version, stages, stage }: RolloutStatus): string {
  const left = stages.length - stage - 1;
  const skipped =
    left === 0 ? '' : ` and skips ${left === 1 ? 'the stage' : `the ${left} stages`} that are left`;
  return `Ends this stage${left === 1 ? ' and skips the one that is left' : skipped}: ${version} becomes the version of all users now.`;
}

function resumption(status: RolloutStatus): string {
  if (status.phase === 'watching') return `Keeps ${status.version}: its checks decide nothing any more.`;
  return status.holdReason === null
    ? `The clock of stage “${stageName(status)}” runs on.`
    : `Stage “${stageName(status)}” is tried again with another soak. It is held because: ${status.holdReason}`;
}

function approval(status: RolloutStatus): string {
  const { question = '' } = status;
  if (question === 'rollback') return `${status.version} is rolled back to ${stableOf(status)}.`;
  if (question.startsWith('gate:')) {
    return 'Counts as your yes to what is asked. The rollout goes on when everybody who is needed has said yes.';
  }
  return `The stage has passed its checks and goes on. ${nextStep(status)}`;
}

function rejection(view: RolloutView, status: RolloutStatus): string {
  const { question = '' } = status;
  if (question === 'rollback') return `${status.version} stays. Its checks decide nothing any more.`;
  if (status.arms === null) return 'The rollout ends as refused. Nothing has been touched.';
  return `The rollout ends. ${wayBack(view, status)}`;
}

function confirmation({ overrideAsked }: RolloutStatus): string {
  if (overrideAsked === undefined) return 'Windows and freezes do not bind this rollout for a while.';
  const { actor, reason, forMs } = overrideAsked;
  return `Windows and freezes do not bind this rollout for ${formatMeasured(forMs)}. ${actor} asks for it: ${reason}`;
}

function stageName({ stages, stage }: RolloutStatus): string {
  return stages[stage]?.name ?? String(stage + 1);
}

function stableOf({ arms }: RolloutStatus): string {
  return arms?.stableVersion ?? 'the stable version';
}
