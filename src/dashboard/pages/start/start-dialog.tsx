/** The last question before a rollout begins, and what to do when it may not. */
import { useRef, useState } from 'react';
import type { Started } from '../../../api/contract.ts';
import { begin } from '../../../client/begin.ts';
import { formatMeasured } from '../../../domain/duration.ts';
import { type ApiProblem, client, problemOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { type Act, ActDialog } from '../actions/act-dialog.tsx';
import { percent } from '../actions/figures.ts';
import { digestOf } from './digest.ts';
import { forgetAttempt, keptAttempt } from './kept-attempt.ts';
import { type Remedy, remedyFor, supersedingOf } from './remedy.ts';
import { RunningNote, useRunning } from './running-note.tsx';
import { realClock, waitingWords } from './waiting.ts';

interface StartDialogProps {
  readonly text: string;
  /** The plan as it would run. */
  readonly answered: Readonly<Record<string, unknown>>;
  readonly verifiedName: string | null;
  readonly onStarted: (started: Started) => void;
  readonly onClose: () => void;
}

export function StartDialog({ text, answered, verifiedName, onStarted, onClose }: StartDialogProps) {
  const { plan, plannedMs, firstPercent } = digestOf(answered);
  const [waiting, setWaiting] = useState('');
  const [chosen, setChosen] = useState<Remedy | null>(null);
  const waits = useRef<AbortController>(null);
  const running = useRunning(plan);
  const superseding = supersedingOf(text);
  const gives = plan.onConflict === 'supersede' || chosen?.kind === 'supersede';

  const send = async ({ actor, reason }: Act) => {
    const planText = chosen?.kind === 'supersede' ? chosen.text : text;
    const { key } = keptAttempt(planText);
    const body = {
      plan: planText,
      actor,
      ...(reason === '' ? {} : { reason }),
      ...(chosen?.kind === 'force' ? { force: true } : {}),
    };
    const waiter = new AbortController();
    waits.current = waiter;
    const post = () => client.startRollout({ body }, { idempotencyKey: key });
    try {
      const started = await begin({
        ...{ post, refusalOf: problemOf, words: waitingWords, tell: setWaiting },
        ...{ clock: realClock, signal: waiter.signal },
      });
      forgetAttempt();
      onStarted(started);
    } finally {
      setWaiting('');
    }
  };
  return (
    <ActDialog
      title={`Start ${plan.service} ${plan.version} in ${plan.environment}`}
      verb={chosen === null ? 'Start' : chosen.verb}
      verifiedName={verifiedName}
      send={send}
      remedies={(problem) =>
        problem.code === 'rollout-running' && running !== null ? null : (
          <Remedies problem={problem} text={text} chosen={chosen} onChoose={setChosen} />
        )
      }
      onClose={() => {
        waits.current?.abort();
        onClose();
      }}
    >
      <p>
        {percent(firstPercent)} of requests to {plan.service} get {plan.version} first, all of them after{' '}
        {formatMeasured(plannedMs)} if nothing is in the way. If it is bad, all traffic is back within{' '}
        {formatMeasured(plan.rollback.timeoutMs)}.
      </p>
      {running === null ? null : (
        <RunningNote running={running} gives={gives}>
          {gives || superseding === null ? null : (
            <Button onClick={() => setChosen(superseding)}>{superseding.offer}</Button>
          )}
        </RunningNote>
      )}
      {chosen === null || (chosen.kind === 'supersede' && running !== null) ? null : (
        <Note>{chosen.sentence}</Note>
      )}
      {waiting === '' ? null : <p role="status">{waiting}</p>}
    </ActDialog>
  );
}

interface RemediesProps {
  readonly problem: ApiProblem;
  readonly text: string;
  readonly chosen: Remedy | null;
  readonly onChoose: (remedy: Remedy) => void;
}

/** Chosen first and sent then, so that nothing is forced by one press too many. */
function Remedies({ problem, text, chosen, onChoose }: RemediesProps) {
  const remedy = remedyFor(problem, text);
  if (remedy === null || remedy.kind === chosen?.kind) return null;
  return <Button onClick={() => onChoose(remedy)}>{remedy.offer}</Button>;
}
