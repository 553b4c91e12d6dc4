/** Reads what comes into an emergency over the wire, without a library: it runs inside the workflow. */
import { legibleInStory } from '../legible.ts';
import type { EmergencyOrder } from './types.ts';

const maxTextLength = 500;

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** `{"actor":"…","reason":"…"}`, both required: a block is lifted by somebody, for a reason. */
export function readRelease(input: unknown): Reading<{ readonly actor: string; readonly reason: string }> {
  const fields = fieldsOf(input);
  if (fields === null) return refuse('the payload must be an object such as {"actor":"…","reason":"…"}');
  if (fields.has('undecodable')) return refuse('the payload could not be decoded; send JSON');
  const actor = textOf(fields.get('actor'));
  const reason = textOf(fields.get('reason'));
  if (actor === null) return refuse(`actor must be a text of 1 to ${maxTextLength} characters`);
  if (reason === null) return refuse(`reason must be a text of 1 to ${maxTextLength} characters`);
  return { ok: true, value: { actor: legibleInStory(actor), reason: legibleInStory(reason) } };
}

type Again = Pick<EmergencyOrder, 'to' | 'actor' | 'reason' | 'stoppedAll'>;

/** What the API sends when an open emergency is asked for once more. */
export function readAgain(input: unknown): Reading<Again> {
  const fields = fieldsOf(input);
  const release = readRelease(input);
  if (fields === null || !release.ok) return release.ok ? refuse('not an object') : release;
  const planes = fields.get('stoppedAll') ?? [];
  if (!Array.isArray(planes)) return refuse('stoppedAll must be a list of texts');
  const stoppedAll = planes.flatMap((name) => textOf(name) ?? []);
  return { ok: true, value: { ...release.value, to: textOf(fields.get('to')), stoppedAll } };
}

function fieldsOf(input: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  return new Map<string, unknown>(Object.entries(input));
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text.length > 0 && text.length <= maxTextLength ? text : null;
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
