/**
 * The dialog before a yes or a no, with the rollout as it is by then, for as long as it is asked what was asked when it
 * was opened.
 */
import type { Waiting } from '../../../api/contract.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { useReport } from '../../live/connection.ts';
import { kindOf } from '../../live/heard.ts';
import { useQuery } from '../../live/use-query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Loading, Problem } from '../../ui/states.tsx';
import { CommandDialog } from '../actions/command-dialog.tsx';
import { labels } from '../actions/words.ts';
import { isAsked } from './people.ts';

interface AnswerDialogProps {
  readonly waiting: Waiting;
  readonly name: CommandName;
  readonly verifiedName: string | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

const lookEveryMs = 2_000;

export function AnswerDialog({ waiting, name, verifiedName, onDone, onClose }: AnswerDialogProps) {
  const { environment, service, target } = waiting;
  const query = useQuery('getRollout', { environment, service }, lookEveryMs);
  // Asked after the rollout was seen: what waits now waited then, or the dialog is told of it.
  const list = useQuery('listApprovals', query.data === null ? null : { environment, service }, lookEveryMs);
  const problem = query.problem ?? list.problem;
  const kind = kindOf(query.data, problem);
  useReport('answer', { kind, asOfMs: query.atMs, why: kind === 'live' ? null : (problem?.detail ?? null) });
  if (query.data !== null && list.data !== null) {
    return (
      <CommandDialog
        name={name}
        view={query.data}
        stillAsked={isAsked(list.data.approvals, waiting)}
        verifiedName={verifiedName}
        onDone={onDone}
        onClose={onClose}
      />
    );
  }
  const again = () => {
    query.reload();
    list.reload();
  };
  return (
    <Dialog title={`${labels[name]}: ${target}`} onClose={onClose}>
      {problem === null ? <Loading what={target} /> : <Problem problem={problem} onRetry={again} />}
    </Dialog>
  );
}
