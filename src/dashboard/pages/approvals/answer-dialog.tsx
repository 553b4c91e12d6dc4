/** The dialog before a yes or a no, with the rollout as it is by then. */
import type { RolloutView, Waiting } from '../../../api/contract.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { useQuery } from '../../live/use-query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Loading, Problem } from '../../ui/states.tsx';
import { CommandDialog } from '../actions/command-dialog.tsx';
import { labels } from '../actions/words.ts';

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
  const path = `/v1/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}`;
  const { data, problem, reload } = useQuery<RolloutView>(path, lookEveryMs);
  if (data !== null) {
    return (
      <CommandDialog name={name} view={data} verifiedName={verifiedName} onDone={onDone} onClose={onClose} />
    );
  }
  return (
    <Dialog title={`${labels[name]}: ${target}`} onClose={onClose}>
      {problem === null ? <Loading what={target} /> : <Problem problem={problem} onRetry={reload} />}
    </Dialog>
  );
}
