/** In whose name something is done: the one that the API has verified, or what whoever sits here says. */
import { TextField } from '../ui/fields.tsx';
import { longestName } from './who.ts';

interface NameFieldProps {
  /** Null: nobody is verified. */
  readonly verifiedName: string | null;
  readonly name: string;
  readonly onName: (name: string) => void;
}

export function NameField({ verifiedName, name, onName }: NameFieldProps) {
  if (verifiedName !== null) return <p className="muted">In the name of {verifiedName}.</p>;
  return (
    <TextField
      label="Your name"
      value={name}
      onChange={onName}
      maxLength={longestName}
      autoComplete="name"
      required
    />
  );
}
