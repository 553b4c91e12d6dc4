/** What a notice is called at GitHub. */
import type { Notice } from '../../domain/notify/types.ts';
import { lineOf, standingOf } from './text.ts';
import type { NotifierMessage } from './types.ts';

type DeploymentState = 'queued' | 'pending' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

/** Null: the deployment stays as it is. */
export function deploymentStateOf({ event, progress }: Notice): DeploymentState | null {
  switch (event) {
    case 'rollout.started':
      return 'queued';
    case 'gate.waiting':
    case 'approval.asked':
    case 'rollout.held':
      return 'pending';
    case 'stage.begun':
    case 'rollback.begun':
    case 'rollout.resumed':
    case 'rollout.released':
      return 'in_progress';
    case 'rollout.promoted':
      return 'success';
    case 'rollout.ended':
      return { promoted: 'success', 'rolled-back': 'failure', refused: 'error', none: 'error' }[
        progress.outcome ?? 'none'
      ] as DeploymentState;
    case 'rollback.restored':
      return 'failure';
    case 'rollout.lost':
      return 'error';
    default:
      return null;
  }
}

/** Trouble that is critical, and the end of what was rolled back. */
export function issueWanted({ event, severity, trouble, progress }: Notice): boolean {
  if (event === 'rollout.ended') return progress.outcome === 'rolled-back';
  return severity === 'critical' && trouble === 'opened';
}

export function issueOf(message: NotifierMessage, notice: Notice): { title: string; body: string } {
  const { subject, link } = message;
  const { rollback } = notice;
  const facts = [
    `Target: ${subject.target}`,
    `Version: ${subject.version}`,
    `Started by: ${subject.author === '' ? 'somebody' : subject.author}`,
    ...(rollback === null ? [] : [`Why: ${rollback.reason} (${rollback.trigger})`]),
    ...(rollback?.evidence ?? []).map(({ check, reason }) => `Check ${check}: ${reason}`),
    standingOf({ ...message, notices: [notice] }),
    ...(link === null ? [] : [link]),
  ];
  const body = [fenced(lineOf(notice)), ...facts.map((fact) => `- ${plain(fact)}`)].join('\n');
  return { title: `${subject.target} ${subject.version}: ${notice.title}`, body };
}

/** Nobody is mentioned, and no other issue closed, by what somebody wrote as a reason. */
function plain(text: string): string {
  return text.replaceAll(/[@#]/g, '$&\u200b').replaceAll(/[<>`*_[\]]/g, '\\$&');
}

function fenced(text: string): string {
  return ['```text', text.replaceAll('```', "'''"), '```', ''].join('\n');
}
