/**
 * One release of a stop of all, pressed once or again: under a key, by which it is done once, and without it where
 * Temporal cannot say what was done under it, since a person must be able to release all the same.
 */
import type { ReleaseAnswer } from '../../../api/contract.ts';
import { ApiError } from '../../../client/index.ts';
import type { ApiProblem, client } from '../../api/client.ts';
import { isUnknown } from '../actions/refusal.ts';

interface Press {
  readonly actor: string;
  readonly reason: string;
  /** The same each time. */
  readonly key: string;
}

export class Releasing {
  private readonly api: Pick<typeof client, 'releaseEmergencyStop'>;
  private keyless = false;

  constructor(api: Pick<typeof client, 'releaseEmergencyStop'>) {
    this.api = api;
  }

  /** Throws `ApiError`. */
  async send({ actor, reason, key }: Press): Promise<ReleaseAnswer> {
    const body = { actor, ...(reason === '' ? {} : { reason }) };
    try {
      return await this.api.releaseEmergencyStop({ body }, this.keyless ? {} : { idempotencyKey: key });
    } catch (error) {
      this.keyless ||= error instanceof ApiError && isForTheKey(error);
      throw error;
    }
  }

  /** What a refusal says of what was sent, where that is not what it says of other acts; else null. */
  readonly meaningOf = (problem: Pick<ApiProblem, 'status' | 'code'>): string | null => {
    if (isForTheKey(problem)) {
      return (
        'Nothing was released this time: Temporal cannot say whether it was before. Sent again from here, it is released ' +
        'without asking Temporal, and so is what somebody has stopped anew since.'
      );
    }
    if (!this.keyless || !isUnknown(problem)) return null;
    return 'It may have been released all the same. Sent again from here, so is what somebody has stopped anew since.';
  };
}

/** Without a key no Temporal is asked. */
function isForTheKey({ code }: Pick<ApiProblem, 'code'>): boolean {
  return code === 'temporal-unavailable';
}
