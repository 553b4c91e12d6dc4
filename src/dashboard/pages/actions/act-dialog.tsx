/** The dialog before anything is done: what will happen, why, in whose name; then what came of it. */
import { type ReactNode, useRef, useState } from 'react';
import { type ApiProblem, problemOf } from '../../api/client.ts';
import { NameField } from '../../shell/name-field.tsx';
import { setMyName, useMyName } from '../../shell/who.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Note } from '../../ui/note.tsx';
import { Problem } from '../../ui/states.tsx';
import './actions.css';
import { isUnknown, refusalText, saysWhyNot } from './refusal.ts';

export interface Act {
  readonly reason: string;
  readonly actor: string;
  /** Stays the same when the same is sent again, so that it is done once. */
  readonly key: string;
}

interface ActDialogProps {
  readonly title: string;
  /** What will happen, in a sentence. */
  readonly children: ReactNode;
  /** On the button that does it. */
  readonly verb: string;
  /** It takes something away: never done by Enter. */
  readonly danger?: boolean;
  readonly needsReason?: boolean;
  /** The longest reason that is taken. */
  readonly reasonUpTo?: number;
  /** Why it cannot be done now; it can still be read. */
  readonly barred?: ReactNode;
  /** The name that the API has verified. */
  readonly verifiedName: string | null;
  readonly send: (act: Act) => Promise<void>;
  /** What a refusal says of what was sent, in a sentence; null (the default): what it says of any act. */
  readonly meaningOf?: (problem: ApiProblem) => string | null;
  /** What to try, beside what the API says, when it has refused. */
  readonly remedies?: (problem: ApiProblem) => ReactNode;
  readonly onClose: () => void;
}

export function ActDialog(props: ActDialogProps) {
  const { title, children, verb, danger = false, needsReason = false, barred = null, verifiedName } = props;
  const { meaningOf = () => null } = props;
  const known = useMyName();
  const [name, setName] = useState(known ?? '');
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState<{ readonly verb: string; readonly problem: ApiProblem } | null>(
    null,
  );
  // What was refused is answered as soon as the button does something else.
  const problem = refused?.verb === verb ? refused.problem : null;
  const [busy, setBusy] = useState(false);
  // Nobody knows whether it was done. Sent again it is the same, so its words may not change any more.
  const [unanswered, setUnanswered] = useState(false);
  const key = useRef<string>(undefined);
  const ready =
    barred === null && (verifiedName ?? name.trim()) !== '' && (!needsReason || reason.trim() !== '');

  const act = async () => {
    if (!ready || busy) return;
    key.current ??= crypto.randomUUID();
    if (verifiedName === null) setMyName(name);
    setBusy(true);
    setRefused(null);
    try {
      await props.send({ reason: reason.trim(), actor: verifiedName ?? name.trim(), key: key.current });
    } catch (error) {
      const found = problemOf(error);
      setRefused({ verb, problem: found });
      if (isUnknown(found) && meaningOf(found) === null) setUnanswered(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={props.onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!danger) void act();
        }}
      >
        <fieldset className="act-fields" disabled={unanswered}>
          <div className="act-what">{children}</div>
          <TextField
            label={needsReason ? 'Reason' : 'Reason (optional)'}
            value={reason}
            onChange={setReason}
            rows={2}
            maxLength={props.reasonUpTo ?? 500}
            required={needsReason}
            hint="Kept in the story, for everybody to read."
          />
          <NameField verifiedName={verifiedName} name={name} onName={setName} />
        </fieldset>
        {barred === null || (problem !== null && saysWhyNot(problem)) ? null : <Note live>{barred}</Note>}
        {problem === null ? null : (
          <Problem problem={problem} came={meaningOf(problem) ?? refusalText(problem, unanswered)} />
        )}
        {problem === null ? null : props.remedies?.(problem)}
        <div className="dialog-actions">
          <Button
            type={danger ? 'button' : 'submit'}
            kind={danger ? 'danger' : 'primary'}
            busy={busy}
            disabled={!ready}
            {...(danger ? { onClick: () => void act() } : {})}
          >
            {verb}
          </Button>
          <Button onClick={props.onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}
