/** The secrets and tokens for events as the operator's configuration names them. */
import type { SluiceConfig } from '../../providers/config.ts';
import { readSecret, type SecretSource } from '../../providers/secret.ts';
import type { EventKeys } from './delivery.ts';

/** A source that cannot be read is left out: while a secret is replaced, the others go on being good. */
export function eventKeysOf({ secrets, tokens }: SluiceConfig['events']): EventKeys {
  return { secrets: () => readAll(secrets), tokens: () => readAll(tokens) };
}

async function readAll(sources: readonly SecretSource[]): Promise<readonly string[]> {
  const values = await Promise.all(sources.map(readSecret));
  return values.filter((value) => value !== null);
}
