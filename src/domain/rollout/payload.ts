/** Reads the payload of a command as it came over the wire, without a library: it runs inside the workflow. */
import type { LinkClaim } from '../gates/approval-link.ts';
import { overrideTimeFault } from '../gates/override.ts';
import { legibleInStory } from '../legible.ts';
import type { CommandName, CommandPayload, Expectation } from './types.ts';

const maxTextLength = 500;
const knownKeys = ['actor', 'reason', 'requestId', 'full', 'gradual', 'for', 'expect', 'link'];

type PayloadReading =
  | { readonly ok: true; readonly payload: CommandPayload }
  | { readonly ok: false; readonly message: string };

/** Accepts nothing at all (Temporal's CLI sends none without `--input`) or one object with known, well-typed fields. */
export function readPayload(name: CommandName, input: unknown): PayloadReading {
  if (input === undefined || input === null) return { ok: true, payload: {} };
  if (typeof input !== 'object' || Array.isArray(input)) {
    return refuse(`the payload must be an object such as {"reason":"…"}, not ${describe(input)}`);
  }
  const fields = new Map<string, unknown>(Object.entries(input));
  if (fields.has('undecodable')) return refuse('the payload could not be decoded; send JSON');
  const unknownKey = [...fields.keys()].find((key) => !knownKeys.includes(key));
  if (unknownKey !== undefined) {
    return refuse(`unknown field "${clip(unknownKey)}"; known are ${knownKeys.join(', ')}`);
  }
  for (const key of ['actor', 'reason', 'requestId']) {
    const value = fields.get(key);
    if (value !== undefined && typeof value !== 'string') {
      return refuse(`${key} must be a text, not ${describe(value)}`);
    }
    if (typeof value === 'string' && value.length > maxTextLength) {
      return refuse(`${key} must have at most ${maxTextLength} characters`);
    }
  }
  for (const [key, owner] of [
    ['full', 'promote'],
    ['gradual', 'rollback'],
  ] as const) {
    const value = fields.get(key);
    if (value !== undefined && typeof value !== 'boolean') return refuse(`${key} must be true or false`);
    if (value !== undefined && name !== owner) return refuse(`${key} belongs to ${owner} only`);
  }
  const time = fields.get('for');
  if (time !== undefined && name !== 'override') return refuse('for belongs to override only');
  if (time !== undefined && typeof time !== 'string')
    return refuse(`for must be a text, not ${describe(time)}`);
  const timeFault = time === undefined ? null : overrideTimeFault(time);
  if (timeFault !== null) return refuse(timeFault);
  const expect = fields.get('expect');
  if (expect !== undefined && name === 'rollback')
    return refuse('a rollback takes no expect, as it is never refused');
  if (expect !== undefined && !isExpectation(expect))
    return refuse('expect may have startedAtMs, stage (a number from 0), phase and question');
  const link = fields.get('link');
  if (link !== undefined && name !== 'approve' && name !== 'reject')
    return refuse('link belongs to approve and reject only');
  if (link !== undefined && !isLink(link)) return refuse('link must have id, about, startedAtMs and untilMs');
  return { ok: true, payload: pick(fields) };
}

function isLink(value: unknown): value is LinkClaim {
  if (typeof value !== 'object' || value === null) return false;
  const { id, about, startedAtMs, untilMs, by } = value as Partial<Record<keyof LinkClaim, unknown>>;
  if (by !== undefined && (typeof by !== 'string' || by.length > 200)) return false;
  return [id, about].every(isShort) && [startedAtMs, untilMs].every(Number.isFinite);
}

function isExpectation(value: unknown): value is Expectation {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { startedAtMs, stage, phase, question, ...rest } = value as Partial<
    Record<keyof Expectation, unknown>
  >;
  const texts = [phase, question].every((one) => one === undefined || isShort(one));
  const numbers = [startedAtMs, stage].every(
    (one) => one === undefined || (Number.isSafeInteger(one) && Number(one) >= 0),
  );
  return texts && numbers && Object.keys(rest).length === 0;
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= 64;
}

function pick(fields: ReadonlyMap<string, unknown>): CommandPayload {
  const text = (key: string) => {
    const value = fields.get(key);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const actor = text('actor');
  const reason = text('reason');
  const requestId = text('requestId');
  const time = text('for');
  const gradual = fields.get('gradual');
  const expect = fields.get('expect');
  const link = fields.get('link');
  return {
    ...(actor === undefined ? {} : { actor: legibleInStory(actor) }),
    ...(reason === undefined ? {} : { reason: legibleInStory(reason) }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(fields.get('full') === true ? { full: true } : {}),
    ...(typeof gradual === 'boolean' ? { gradual } : {}),
    ...(time === undefined ? {} : { for: time }),
    ...(isExpectation(expect) ? { expect } : {}),
    ...(isLink(link) ? { link } : {}),
  };
}

function refuse(message: string): PayloadReading {
  return { ok: false, message };
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
