/** Says in the dialog before a start which rollout of the same target runs, and what becomes of it. */
import type { ReactNode } from 'react';
import type { RolloutView } from '../../../api/contract.ts';
import type { Plan } from '../../../domain/plan/types.ts';
import { useQuery } from '../../live/use-query.ts';
import { RolloutLink } from '../../shell/rollout-link.tsx';
import { Note } from '../../ui/note.tsx';
import { runningText } from './remedy.ts';

const lookEveryMs = 4_000;

/** Null: none runs, or nobody knows yet. */
export function useRunning({ environment, service }: Pick<Plan, 'environment' | 'service'>) {
  // By the list, where a target of which nothing is known is no fault.
  const list = useQuery('listRollouts', { environment, service, running: 'true' }, lookEveryMs);
  const run = list.data?.rollouts[0]?.runId;
  return useQuery('getRollout', run === undefined ? null : { environment, service, run }).data;
}

interface RunningNoteProps {
  readonly running: RolloutView;
  /** It gives way to the one that is begun. */
  readonly gives: boolean;
  /** What can be done about it. */
  readonly children: ReactNode;
}

export function RunningNote({ running, gives, children }: RunningNoteProps) {
  const { environment, service, runId, target } = running;
  return (
    <Note live>
      <p>
        <RolloutLink environment={environment} service={service} runId={runId}>
          A rollout of {target} runs
        </RolloutLink>
        : {runningText(running)}.{' '}
        {gives
          ? 'It first brings all traffic back to stable, and then this one begins.'
          : 'While it runs, this one is refused.'}
      </p>
      {children}
    </Note>
  );
}
