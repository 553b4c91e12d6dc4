/** Sends a command for the rollout that a page shows, which need not be the one that runs by now. */
import type { CommandAnswer } from '../../../api/contract.ts';
import { ApiError, type RequestOf, type SluiceClient } from '../../../client/index.ts';
import type { ConnectionKind } from '../../live/connection.ts';

export interface Steering {
  readonly request: Omit<RequestOf<'steerRollout'>, 'run'>;
  /** Of the rollout that is shown. */
  readonly runId: string;
  /** How much the page sees of it; null: it has no connection. */
  readonly seen: ConnectionKind | null;
  readonly idempotencyKey: string;
}

/**
 * A rollback takes no `expect`, so the page names the run that it shows: the next rollout is not brought back in its
 * place, however late the request comes. That is one look at Temporal before the stop; for a request under a key that
 * names none there are two. Where the API cannot see Temporal anyway, and once such a look has failed, it is left out.
 */
export async function steer(
  client: Pick<SluiceClient, 'steerRollout'>,
  { request, runId, seen, idempotencyKey }: Steering,
): Promise<CommandAnswer> {
  const isNamed = request.command === 'rollback' && seen !== 'stale';
  return await steerUnseen(client, { request, runId: isNamed ? runId : null, idempotencyKey });
}

type Unseen = Omit<Steering, 'runId' | 'seen'> & {
  /** Null: whichever runs. */
  readonly runId: string | null;
};

/** For a page that has not seen its rollout, too. */
export async function steerUnseen(
  client: Pick<SluiceClient, 'steerRollout'>,
  { request, runId, idempotencyKey }: Unseen,
): Promise<CommandAnswer> {
  const once = { idempotencyKey };
  if (runId === null) return await client.steerRollout(request, once);
  try {
    return await client.steerRollout({ ...request, run: runId }, once);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status < 500) throw error;
    return await client.steerRollout(request, once);
  }
}
