/** Broken policies, told when the API starts rather than only to whoever rolls out first. */
import type { FastifyBaseLogger } from 'fastify';
import { messageOf } from '../domain/errors.ts';
import type { PolicyBook } from '../providers/policies.ts';

/** Starts are refused until they are mended; rollbacks and emergency stops ask no policy, so the API runs. */
export async function tellBrokenPolicies(
  policies: PolicyBook,
  logger: Pick<FastifyBaseLogger, 'error'>,
): Promise<void> {
  try {
    await policies.read();
  } catch (error) {
    logger.error({ error: messageOf(error) }, 'policies cannot be read: no rollout can start');
  }
}
