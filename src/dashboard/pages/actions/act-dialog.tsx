/** The dialog before anything is done: what will happen, why, in whose name; then what came of it. */
import { type ReactNode, useRef, useState } from 'react';
import { type ApiProblem, problemOf } from '../../api/http.ts';
import { longestName, setMyName, useMyName } from '../../shell/who.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Note } from '../../ui/note.tsx';
import { Problem } from '../../ui/states.tsx';
import './actions.css';

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
  readonly barred?: string | null;
  /** The name that the API has verified. */
  readonly verifiedName: string | null;
  readonly send: (act: Act) => Promise<void>;
  /** What to try, beside what the API says, when it has refused. */
  readonly remedies?: (problem: ApiProblem) => ReactNode;
  readonly onClose: () => void;
}

export function ActDialog(props: ActDialogProps) {
  const { title, children, verb, danger = false, needsReason = false, barred = null, verifiedName } = props;
  const known = useMyName();
  const [name, setName] = useState(known ?? '');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef<string>(undefined);
  const ready =
    barred === null && (verifiedName ?? name.trim()) !== '' && (!needsReason || reason.trim() !== '');

  const act = async () => {
    if (!ready || busy) return;
    key.current ??= crypto.randomUUID();
    if (verifiedName === null) setMyName(name);
    setBusy(true);
    setProblem(null);
    try {
      await props.send({ reason: reason.trim(), actor: verifiedName ?? name.trim(), key: key.current });
    } catch (error) {
      setProblem(problemOf(error));
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
        {verifiedName === null ? (
          <TextField
            label="Your name"
            value={name}
            onChange={setName}
            maxLength={longestName}
            autoComplete="name"
            required
          />
        ) : (
          <p className="muted">In the name of {verifiedName}.</p>
        )}
        {barred === null ? null : <Note live>{barred}</Note>}
        {problem === null ? null : <Refusal problem={problem} remedies={props.remedies?.(problem)} />}
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

/** A no changes nothing; without an answer nobody knows yet. */
function Refusal({ problem, remedies }: { readonly problem: ApiProblem; readonly remedies: ReactNode }) {
  const unknown = problem.status === 0 || problem.status >= 500;
  return (
    <div>
      <Problem problem={problem} />
      <p className="act-note">
        {unknown
          ? 'It may have been done all the same. Sent again from here, it is done once.'
          : 'Nothing was changed.'}
      </p>
      {remedies}
    </div>
  );
}
