/** One command to a rollout: what it will do by the rollout's present state, and the answer. */
import { useRef, useState } from 'react';
import type { CommandAnswer, CommandBody, RolloutView } from '../../../api/contract.ts';
import { expectationOf } from '../../../domain/rollout/expectation.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { client } from '../../api/client.ts';
import { useConnection } from '../../live/connection.ts';
import { useNow } from '../../live/use-now.ts';
import { CheckField, TextField } from '../../ui/fields.tsx';
import { useToast } from '../../ui/toast.tsx';
import { type Act, ActDialog } from './act-dialog.tsx';
import { answerText } from './answer.ts';
import { markOf, subjectOf } from './meanwhile.ts';
import { MeanwhileList } from './meanwhile-list.tsx';
import { staleFor } from './stale.ts';
import { steer } from './steer.ts';
import { consequenceOf, dangerous, labels } from './words.ts';

interface CommandDialogProps {
  readonly name: CommandName;
  /** As it is now: it changes under the dialog. */
  readonly view: RolloutView;
  /** Default: true. Whether what somebody answers here is asked still. */
  readonly stillAsked?: boolean;
  readonly verifiedName: string | null;
  readonly onDone: (answer: CommandAnswer) => void;
  readonly onClose: () => void;
}

export function CommandDialog(props: CommandDialogProps) {
  const { name, view, stillAsked = true, verifiedName, onDone, onClose } = props;
  const toast = useToast();
  const connection = useConnection();
  const stale = staleFor(name, connection, useNow());
  const [full, setFull] = useState(false);
  const [time, setTime] = useState('1h');
  const mark = useRef(markOf(view.status));
  const subject = useRef(subjectOf(name, view));
  const { environment, service, runId, status } = view;
  const fits = status === null ? name === 'rollback' : status.legal.includes(name);
  const isSame = stillAsked && subject.current === subjectOf(name, view);
  // What was asked is told as it was when it fitted last: by then a yes to it would be one to something else.
  const [meant, setMeant] = useState(view);
  if (fits && isSame && meant !== view) setMeant(view);

  const expect = status === null ? null : expectationOf(name, status);

  const send = async ({ reason, actor, key }: Act) => {
    const body: CommandBody = {
      actor,
      ...(reason === '' ? {} : { reason }),
      ...(name === 'promote' && full ? { full } : {}),
      ...(name === 'override' ? { for: time } : {}),
      ...(expect === null ? {} : { expect }),
    };
    const request = { environment, service, command: name, body };
    const seen = connection?.kind ?? null;
    const answer = await steer(client, { request, runId, seen, idempotencyKey: key });
    toast({ tone: 'good', text: answerText(name, view.target, answer) });
    onDone(answer);
  };
  return (
    <ActDialog
      title={`${labels[name]}: ${view.target}`}
      verb={labels[name]}
      danger={dangerous.has(name)}
      needsReason={name === 'override' || name === 'reject'}
      barred={
        stale === null ? (
          barredText(fits, isSame)
        ) : (
          <>
            <span aria-live="off">{stale.age}</span> {stale.rule}
          </>
        )
      }
      verifiedName={verifiedName}
      send={send}
      onClose={onClose}
    >
      <p>{consequenceOf(name, meant, { full, for: time })}</p>
      {name === 'promote' ? (
        <CheckField label="Skip all stages that are left" value={full} onChange={setFull} />
      ) : null}
      {name === 'override' ? (
        <TextField
          label="For how long"
          value={time}
          onChange={setTime}
          hint="Such as 30m or 2h; a day at most."
          maxLength={40}
        />
      ) : null}
      <MeanwhileList since={mark.current} status={status} />
    </ActDialog>
  );
}

function barredText(fits: boolean, isSame: boolean): string | null {
  if (!fits) return 'It does not fit the rollout any more, which has gone on meanwhile.';
  return isSame ? null : 'The rollout has gone on meanwhile, to something else. Close this and look again.';
}
