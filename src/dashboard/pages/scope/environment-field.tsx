/** The field for the environment of a list, which shows what its reader may read. */
import { TextField } from '../../ui/fields.tsx';
import type { EnvironmentChoice } from './use-environment.ts';
import './scope.css';

interface ScopedProps {
  readonly choice: EnvironmentChoice;
}

export function EnvironmentField({ choice: { environment, choose, readsAll } }: ScopedProps) {
  return (
    <TextField
      label="Environment"
      value={environment}
      onChange={choose}
      placeholder={readsAll ? 'all' : 'all that you may read'}
      maxLength={100}
    />
  );
}

/** For pages that have no other filters: only for whoever may not read everywhere, and whoever has chosen one. */
export function EnvironmentBar({ choice }: ScopedProps) {
  if (choice.readsAll && choice.environment === '') return null;
  return (
    <div className="scope-bar">
      <EnvironmentField choice={choice} />
    </div>
  );
}
