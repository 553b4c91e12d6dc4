/** The environment whose part of a list is shown. It stands in the address, so that it can be sent to others. */
import { useSearchParams } from 'wouter';
import type { ApiProblem } from '../../api/client.ts';
import { useRights } from '../actions/use-rights.ts';
import { firstOf, readableIn } from './readable.ts';

export interface EnvironmentChoice {
  /** Empty: all that may be read. */
  readonly environment: string;
  readonly choose: (environment: string) => void;
  /** Null: everywhere, or not known. */
  readonly readable: readonly string[] | null;
}

/** `preselect`: for a list that is refused as a whole to whoever may not read all of it. */
export function useEnvironment(preselect: boolean): EnvironmentChoice {
  const readable = readableIn(useRights().grants);
  const [params, setParams] = useSearchParams();
  const environment = params.get('environment') ?? (preselect ? firstOf(readable) : '');
  const choose = (chosen: string) => {
    setParams(
      (last) => {
        const next = new URLSearchParams(last);
        // Kept when it is empty: that was chosen too.
        next.set('environment', chosen.trim());
        return next;
      },
      { replace: true },
    );
  };
  return { environment, choose, readable };
}

/** Whether a list was refused only because it was asked for everywhere. */
export function isTooWide({ environment }: EnvironmentChoice, problem: ApiProblem | null): boolean {
  return problem?.code === 'access-refused' && environment === '';
}
