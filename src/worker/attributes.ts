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

type Service = Pick<ConnectionLike, 'workflowService'>;

/** Adds those that are missing, and waits for them. Throws what `untilKnown` does. */
export async function registerSearchAttributes(
  connection: Service & Pick<ConnectionLike, 'operatorService'>,
  namespace: string,
): Promise<void> {
  await addSearchAttributes(connection, namespace);
  await untilKnown(connection, namespace);
}

export async function addSearchAttributes(
  { operatorService }: Pick<ConnectionLike, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const known = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(indexedTypes).filter(([name]) => !(name in (known.customAttributes ?? {})));
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
}

/** A server of several parts takes up to a minute to tell all of them. */
const knownWithinMs = 60_000;
const askEveryMs = 500;

/**
 * Until Temporal knows all of them, whoever has registered them: a rollout stands still at the first one that it does
 * not know, which an older worker can go on with. Throws when it still lacks one after `withinMs`, and says how to
 * register them. What cannot be asked is not known to be missing.
 */
export async function untilKnown(
  { workflowService }: Service,
  namespace: string,
  withinMs = knownWithinMs,
): Promise<void> {
  const query = Object.keys(indexedTypes)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const problem: unknown = await workflowService
      .listWorkflowExecutions({ namespace, pageSize: 1, query })
      .then(
        () => null,
        (error: unknown) => error,
      );
    if (problem === null) return;
    if (performance.now() >= deadlineMs) {
      if (!isInvalidCall(problem)) return;
      throw new Error(missingText(namespace), { cause: problem });
    }
    await sleep(askEveryMs);
  }
}

function missingText(namespace: string): string {
  const wanted = Object.entries(searchAttributeTypes).map(([name, type]) => `${name} (${type})`);
  return (
    'Temporal does not know all search attributes, and this worker could not register them. Register them in namespace ' +
    `${namespace} with "temporal operator search-attribute create --name ... --type ...": ${wanted.join(', ')}`
  );
}
