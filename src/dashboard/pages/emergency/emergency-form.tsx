/** What is to be stopped or brought back, why, and the words that confirm it; nothing here happens by Enter. */
import { useState } from 'react';
import { problemOfTyped, wordsIn } from '../../../domain/emergency/scope.ts';
import { problemOfStop } from '../../../domain/emergency/stop-scope.ts';
import { NameField } from '../../shell/name-field.tsx';
import { setMyName, useMyName } from '../../shell/who.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { Note } from '../../ui/note.tsx';
import { Problem } from '../../ui/states.tsx';
import { Foreseen } from './foreseen.tsx';
import { isConfirmed, phraseOf } from './scope.ts';
import { StopAnswer } from './stop-answer.tsx';
import { type Order, type Sent, useEmergency } from './use-emergency.ts';

interface EmergencyFormProps {
  readonly verifiedName: string | null;
  readonly onSent: (sent: Sent) => void;
}

const kinds = [
  { value: 'stop', text: 'Emergency stop: canaries lose all traffic' },
  { value: 'rollback', text: 'Emergency rollback: bring all back and block new rollouts' },
] as const;

export function EmergencyForm({ verifiedName, onSent }: EmergencyFormProps) {
  const known = useMyName();
  const [kind, setKind] = useState<Order['kind']>('stop');
  const [scope, setScope] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [name, setName] = useState(known ?? '');
  const [typed, setTyped] = useState('');
  const { busy, problem, stopped, forces, send } = useEmergency(onSent);
  const words = wordsIn(scope);
  const wrong = words.length === 0 ? null : kind === 'stop' ? problemOfStop(words) : problemOfTyped(words);
  const forced = forces({ kind, words });
  const actor = verifiedName ?? name.trim();
  const ready = wrong === null && reason.trim() !== '' && actor !== '' && isConfirmed(words, typed);

  const act = async () => {
    if (!ready) return;
    if (verifiedName === null) setMyName(name);
    if (await send({ kind, words, to: to.trim(), reason: reason.trim(), actor })) setTyped('');
  };
  return (
    <form className="card emergency-form" onSubmit={(event) => event.preventDefault()}>
      <SelectField label="What" value={kind} onChange={setKind} options={kinds} />
      <TextField
        label="Scope"
        value={scope}
        onChange={setScope}
        maxLength={10_000}
        {...(wrong === null ? {} : { error: `${wrong}.` })}
        hint={
          kind === 'stop'
            ? 'all, names of environments, or targets such as prod/shop; several with blanks or commas between.'
            : 'all, canary, or components: prod/shop, prod/*, or the bare name of an environment or a service.'
        }
        required
      />
      {kind === 'rollback' ? (
        <TextField
          label="Version for what is promoted already (optional)"
          value={to}
          onChange={setTo}
          maxLength={128}
          hint="previous, or the name of a version; nothing: it stays."
        />
      ) : null}
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={450}
        hint="Everybody will read it."
        required
      />
      <NameField verifiedName={verifiedName} name={name} onName={setName} />
      {words.length === 0 || wrong !== null ? null : (
        <>
          <Foreseen kind={kind} words={words} to={to.trim()} />
          <TextField
            label={`To confirm, type: ${phraseOf(words)}`}
            value={typed}
            onChange={setTyped}
            maxLength={10_000}
            required
          />
        </>
      )}
      {problem === null ? null : <Problem problem={problem} />}
      {forced ? <Note>Pressed again, it is opened for this scope all the same.</Note> : null}
      {stopped === null ? null : <StopAnswer stopped={stopped} />}
      <div className="dialog-actions">
        <Button kind="danger" icon="stop" busy={busy} disabled={!ready} onClick={() => void act()}>
          {kind === 'stop' ? 'Stop now' : forced ? 'Bring back all the same' : 'Bring back now'}
        </Button>
      </div>
    </form>
  );
}
