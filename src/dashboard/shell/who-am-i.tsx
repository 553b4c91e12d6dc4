/** Who acts here, in the header, and where that is said. */
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { Icon } from '../ui/icon.tsx';
import { longestName, setMyName, useMyName } from './who.ts';

export function WhoAmI() {
  const name = useMyName();
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button
        type="button"
        className="header-button who"
        onClick={() => setAsked(true)}
        aria-label={name === null ? 'Say who you are' : `You act as ${name}. Change`}
      >
        <Icon name="person" />
        <span className="who-name">{name ?? 'Who are you?'}</span>
      </button>
      {asked ? <NameDialog onDone={() => setAsked(false)} /> : null}
    </>
  );
}

/** `onDone`: with the name, or with null when nobody said it. */
export function NameDialog({ onDone }: { readonly onDone: (name: string | null) => void }) {
  const known = useMyName();
  const [name, setName] = useState(known ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    setMyName(name);
    onDone(name.trim());
  };
  return (
    <Dialog title="Who are you?" onClose={() => onDone(null)}>
      <form onSubmit={submit} className="form">
        <p>
          This API asks nobody to sign in. Say your name: it stands beside what you do, in the story of each
          rollout. Only this browser keeps it.
        </p>
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          maxLength={longestName}
          autoComplete="name"
          required
        />
        <div className="dialog-actions">
          <Button type="submit" kind="primary" disabled={name.trim() === ''}>
            Keep the name
          </Button>
          <Button onClick={() => onDone(null)}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}
