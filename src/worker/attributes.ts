/**
 * Registers Sluice's search attributes where they are missing: without them the first workflow task is refused for
 * ever.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { searchAttributeTypes } from '../domain/rollout/names.ts';
import { isInvalidCall } from './invalid-call.ts';

/** Numbers of Temporal's `IndexedValueType`. */
const indexedValueTypes = { KEYWORD: 2, INT: 3, DATETIME: 6 } as const;

/** Of each attribute, as Temporal's operator service takes them. */
export const indexedTypes: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(searchAttributeTypes).map(([name, type]) => [name, indexedValueTypes[type]]),
);

export async function registerSearchAttributes(
  connection: Pick<ConnectionLike, 'operatorService' | 'workflowService'>,
  namespace: string,
): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(indexedTypes).filter(([name]) => !(name in (known.customAttributes ?? {})));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing);
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  await untilKnown(connection, namespace);
}

/**
 * Whether Temporal knows all of them, whoever has registered them. A rollout stands still at the first one that it does
 * not know. Throws what the connection throws.
 */
export async function knowsSearchAttributes(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
): Promise<boolean> {
  const query = Object.keys(indexedTypes)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  try {
    await workflowService.listWorkflowExecutions({ namespace, pageSize: 1, query });
    return true;
  } catch (error) {
    if (isInvalidCall(error)) return false;
    throw error;
  }
}

/** A server of several parts takes up to a minute to tell all of them. */
const knownWithinMs = 60_000;
const askEveryMs = 500;

async function untilKnown(
  connection: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
): Promise<void> {
  const deadlineMs = performance.now() + knownWithinMs;
  while (performance.now() < deadlineMs) {
    if (await knowsSearchAttributes(connection, namespace)) return;
    await sleep(askEveryMs);
  }
}
