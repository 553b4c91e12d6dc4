/** What became of the stops in the data planes, wherever an answer or a refusal tells of them. */
import type { EmergencyAnswer, ProblemDetails } from '../../../api/contract.ts';

/** Of an emergency rollback nobody is told by the stop itself, so those parts are missing. */
export type Stopped = Pick<EmergencyAnswer, 'restored' | 'notRestored' | 'listProblem'> &
  Partial<Pick<EmergencyAnswer, 'told' | 'notTold'>>;

/** A refusal may have stopped something, or says what could not be; null: it tells of no stop. */
export function stoppedIn({ details }: Pick<ProblemDetails, 'details'>): Stopped | null {
  const told = isTold(details.stop) ? details.stop : isTold(details) ? details : null;
  return (
    told && {
      restored: told.restored ?? [],
      notRestored: told.notRestored,
      listProblem: told.listProblem ?? null,
    }
  );
}

type Told = Partial<Stopped> & Pick<Stopped, 'notRestored'>;

function isTold(value: unknown): value is Told {
  return (
    typeof value === 'object' && value !== null && 'notRestored' in value && Array.isArray(value.notRestored)
  );
}
