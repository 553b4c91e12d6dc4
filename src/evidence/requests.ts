/**
 * What was asked under an Idempotency-Key, kept in the store, so that asking again does the same and is answered alike.
 */
import { z } from 'zod';
import { SluiceError } from '../domain/errors.ts';
import { answerKey, requestKey, requestRoot } from '../domain/evidence/layout.ts';
import { type Archive, dayMs } from './archive.ts';
import { seal, sha256Of, unseal } from './seal.ts';

/** So long a key is good. */
const keptForMs = 30 * dayMs;

interface AnswerOptions<T> {
  readonly schema: z.ZodType<T>;
  readonly answer: () => Promise<T>;
  /** Whether it would be the same if somebody asked again; false: what went wrong may pass. */
  readonly isLast: (answer: T) => boolean;
}

/** What of a request decides its answer. `request`: its name, which may be any text. */
export async function firstAsked<T extends { readonly atMs: number }>(
  archive: Archive,
  request: string,
  schema: z.ZodType<T>,
  ask: () => Promise<T>,
): Promise<T> {
  return await firstAt(archive, requestKey(sha256Of(request)), schema, ask);
}

/** The first answer that `isLast`, once there is one. Any other, and what is thrown, is not kept. */
export async function firstAnswer<T>(
  archive: Archive,
  request: string,
  { schema, answer, isLast }: AnswerOptions<T>,
): Promise<T> {
  return await firstAt(archive, answerKey(sha256Of(request)), schema, answer, isLast);
}

/** Those whose time is over by now. Errors: `evidence-unavailable`. */
export async function forgetRequests({ store }: Archive, nowMs: number): Promise<void> {
  for (const key of await store.list(requestRoot)) {
    const sealed = await store.get(key);
    const reading = sealed === null ? null : unseal(sealed, z.looseObject({ atMs: z.number() }));
    if (reading === null || 'problem' in reading || reading.body.atMs + keptForMs > nowMs) continue;
    // An answer without its question would be given to the next one that has this key.
    await store.delete(answerKey(key.slice(requestRoot.length)));
    await store.delete(key);
  }
}

/**
 * Of several at once one comes first, and all go by what that one has put there. It proves nothing, so it is not
 * signed.
 */
async function firstAt<T>(
  archive: Archive,
  key: string,
  schema: z.ZodType<T>,
  make: () => Promise<T>,
  keeps: (made: T) => boolean = () => true,
): Promise<T> {
  const before = await readAt(archive, key, schema);
  if (before !== null) return before;
  const made = await make();
  if (!keeps(made) || (await archive.store.put(key, seal(made, null)))) return made;
  return (await readAt(archive, key, schema)) ?? made;
}

async function readAt<T>({ store }: Archive, key: string, schema: z.ZodType<T>): Promise<T | null> {
  const sealed = await store.get(key);
  if (sealed === null) return null;
  const reading = unseal(sealed, schema);
  if (!('problem' in reading)) return reading.body;
  throw new SluiceError(
    'evidence-damaged',
    `What is kept of an earlier request with this Idempotency-Key ${reading.problem}.`,
  );
}
