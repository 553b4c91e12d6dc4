/** The field for the environment of a list, and what is wrong with having chosen none. */
import type { ApiProblem } from '../../api/client.ts';
import { TextField } from '../../ui/fields.tsx';
import { Problem } from '../../ui/states.tsx';
import { chooseText } from './readable.ts';
import { type EnvironmentChoice, isTooWide } from './use-environment.ts';
import './scope.css';

interface ScopedProps {
  readonly choice: EnvironmentChoice;
  readonly problem: ApiProblem | null;
}

export function EnvironmentField({ choice, problem }: ScopedProps) {
  const { environment, choose, readable } = choice;
  return (
    <TextField
      label="Environment"
      value={environment}
      onChange={choose}
      placeholder={readable === null ? 'all' : 'all that you may read'}
      error={isTooWide(choice, problem) ? chooseText(readable) : undefined}
      maxLength={100}
    />
  );
}

/** For pages that have no other filters: only for whoever may not read everywhere, and whoever has chosen one. */
export function EnvironmentBar({ choice, problem }: ScopedProps) {
  if (choice.readable === null && choice.environment === '' && !isTooWide(choice, problem)) return null;
  return (
    <div className="scope-bar">
      <EnvironmentField choice={choice} problem={problem} />
    </div>
  );
}

interface ListProblemProps extends ScopedProps {
  readonly onRetry: () => void;
}

/** What is wrong with a list, unless the field beside it says so already. */
export function ListProblem({ choice, problem, onRetry }: ListProblemProps) {
  return problem === null || isTooWide(choice, problem) ? null : (
    <Problem problem={problem} onRetry={onRetry} />
  );
}
