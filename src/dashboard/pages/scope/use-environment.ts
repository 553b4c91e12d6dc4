/** The environment whose part of a list is shown. It stands in the address, so that it can be sent to others. */
import { useSearchParams } from 'wouter';
import { allows, everywhere } from '../../../domain/access/grants.ts';
import { useRights } from '../actions/use-rights.ts';

export interface EnvironmentChoice {
  /** Empty: all that may be read. */
  readonly environment: string;
  readonly choose: (environment: string) => void;
  /** Or it is not known. */
  readonly readsAll: boolean;
}

export function useEnvironment(): EnvironmentChoice {
  const { grants } = useRights();
  const [params, setParams] = useSearchParams();
  const choose = (chosen: string) => {
    setParams(
      (last) => {
        const next = new URLSearchParams(last);
        if (chosen.trim() === '') next.delete('environment');
        else next.set('environment', chosen.trim());
        return next;
      },
      { replace: true },
    );
  };
  const readsAll = grants.length === 0 || allows(grants, 'read', everywhere);
  return { environment: params.get('environment') ?? '', choose, readsAll };
}
