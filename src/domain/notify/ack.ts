/** Reads the payload of an acknowledgement as it came over the wire, without a library: it runs inside the workflow. */
import { legibleInStory } from '../legible.ts';

const maxTextLength = 500;

type AckReading =
  | { readonly ok: true; readonly actor: string; readonly reason: string }
  | { readonly ok: false; readonly message: string };

export function readAck(input: unknown): AckReading {
  if (input === undefined || input === null) return { ok: true, actor: 'somebody', reason: '' };
  if (typeof input !== 'object' || Array.isArray(input)) {
    return { ok: false, message: 'the payload must be an object such as {"actor":"…","reason":"…"}' };
  }
  const fields = new Map<string, unknown>(Object.entries(input));
  const texts = ['actor', 'reason'].map((key) => fields.get(key) ?? '');
  if (!texts.every((text) => typeof text === 'string' && text.length <= maxTextLength)) {
    return { ok: false, message: `actor and reason must be texts of at most ${maxTextLength} characters` };
  }
  const [actor = '', reason = ''] = texts.map((text) => legibleInStory(String(text).trim()));
  return { ok: true, actor: actor === '' ? 'somebody' : actor, reason };
}
