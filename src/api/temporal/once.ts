/**
 * Idempotency keys of what is sent as an update: the key is in its id, so Temporal answers a repetition as it did the
 * first time.
 */
import { createHash, randomUUID } from 'node:crypto';
import { SluiceError } from '../../domain/errors.ts';

/**
 * One key may serve several messages, and two people may choose the same one; each message of each is carried out once.
 */
export function onceId(message: string, actor: string, key: string): string {
  const person = createHash('sha256').update(actor).digest('hex').slice(0, 16);
  return `${message}-${person}-${key}`;
}

/** Of what was asked beside the key, where the same key with something else is to be a message of its own. */
export function digestOf(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
}

/** For an update: without a key it is one of its own. */
export function onceOptions(message: string, actor = '', key: string | null = null): { updateId?: string } {
  return key === null ? {} : { updateId: onceId(message, actor, key) };
}

/** For a signal that says the same as such an update, which the key with something else is not. */
export function onceSignalId(
  message: string,
  { actor = '', asked }: { readonly actor: string | undefined; readonly asked: readonly unknown[] },
  key: string | null,
): string {
  return key === null ? randomUUID() : onceId(`${message}-${digestOf(asked)}`, actor, key);
}

/** The answer tells what was asked the first time. Throws `idempotency-mismatch` when it was something else. */
export function needSame(first: readonly unknown[], now: readonly unknown[]): void {
  if (JSON.stringify(first) === JSON.stringify(now)) return;
  throw new SluiceError('idempotency-mismatch', 'The Idempotency-Key was used before for another request.');
}
