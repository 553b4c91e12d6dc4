/** Asks for the name that stands beside what somebody does, where the API asks nobody to log in. */
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { longestName, setMyName, useMyName } from './who.ts';

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
