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
 * A rollback takes no `expect`, so a page that is told nothing of its rollout names the run: the next rollout is not brought back
 * in its place. That costs the API a look at Temporal before the stop, so it is left out where the page is live, where
 * the API cannot see Temporal anyway, and once such a look has failed.
 */
export async function steer(
  client: Pick<SluiceClient, 'steerRollout'>,
  { request, runId, seen, idempotencyKey }: Steering,
): Promise<CommandAnswer> {
  const isLost = request.command === 'rollback' && (seen === 'lost' || seen === 'failing');
  return await steerUnseen(client, { request, runId: isLost ? runId : null, idempotencyKey });
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
