/**
 * Registers Sluice's search attributes where they are missing: without them the first workflow task is refused for
 * ever.
 */
import type { ConnectionLike } from '@temporalio/client';
import { searchAttributeTypes } from '../domain/rollout/names.ts';

/** Numbers of Temporal's `IndexedValueType`. */
const indexedValueTypes = { KEYWORD: 2, INT: 3 } as const;

export async function registerSearchAttributes(
  connection: Pick<ConnectionLike, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributeTypes).filter(
    ([name]) => !(name in (known.customAttributes ?? {})),
  );
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
