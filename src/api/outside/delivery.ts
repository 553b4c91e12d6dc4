/**
 * Reads a delivery: who sent it, when it was signed, and the event in it. Nothing is looked at before the sender is
 * known.
 */
import { SluiceError } from '../../domain/errors.ts';
import type { TargetId } from '../../domain/plan/types.ts';
import type { OutsideEvent } from '../../domain/rollout/outside-event.ts';
import { alertmanagerBodySchema, eventBodySchema } from '../contract.ts';
import { fieldsOf, problemsOf } from '../validation.ts';
import { duplicateKeyProblems } from '../web/duplicate-keys.ts';
import { isNestedBeyond, maxJsonDepth } from '../web/nesting.ts';
import { eventOfAlerts } from './alertmanager.ts';
import { signatureHeader, verifySignature, verifyToken } from './signature.ts';

/** What the operator configured; read afresh for each delivery, so that a new secret needs no restart. */
export interface EventKeys {
  /** Secrets that events are signed with. */
  secrets(): Promise<readonly string[]>;
  /** Bearer tokens of senders that cannot sign: of Alertmanager's form only. */
  tokens(): Promise<readonly string[]>;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export async function readDelivery(
  headers: Headers,
  body: Buffer,
  { keys, target, nowMs }: { readonly keys: EventKeys; readonly target: TargetId; readonly nowMs: number },
): Promise<OutsideEvent> {
  const signature = headers[signatureHeader];
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization?.toString() ?? '') ?? [];
  const [secrets, tokens] = await Promise.all([keys.secrets(), keys.tokens()]);
  if (secrets.length === 0 && tokens.length === 0) {
    throw new SluiceError('events-unconfigured', 'No secret and no token for events can be read.');
  }
  if (typeof signature === 'string') {
    const signedAtMs = verifySignature(signature, body, secrets, nowMs);
    const document = documentOf(body);
    return isAlerts(document) ? alertsIn(document) : ownEvent(document, target, signedAtMs);
  }
  if (bearer === undefined) {
    throw new SluiceError(
      'signature-invalid',
      `The event has neither ${signatureHeader} nor a bearer token.`,
    );
  }
  verifyToken(bearer, tokens);
  const document = documentOf(body);
  if (isAlerts(document)) return alertsIn(document);
  throw new SluiceError('signature-invalid', "A bearer token is enough for Alertmanager's webhook only.");
}

function ownEvent(document: unknown, target: TargetId, signedAtMs: number): OutsideEvent {
  const reading = eventBodySchema.safeParse(document);
  if (!reading.success) throw badBody(problemsOf(reading.error, 'body'));
  const { version = null, target: meant = target, ...event } = reading.data;
  if (meant !== target)
    throw new SluiceError('signature-invalid', `The event was signed for ${meant}, not for ${target}.`);
  return { ...event, version, atMs: signedAtMs };
}

function alertsIn(document: unknown): OutsideEvent {
  const reading = alertmanagerBodySchema.safeParse(document);
  if (!reading.success) throw badBody(problemsOf(reading.error, 'body'));
  return eventOfAlerts(reading.data);
}

function isAlerts(document: unknown): boolean {
  return typeof document === 'object' && document !== null && 'alerts' in document;
}

function documentOf(body: Buffer): unknown {
  const text = body.toString('utf8');
  if (isNestedBeyond(text, maxJsonDepth)) throw badBody([{ path: 'body', message: 'is nested too deep' }]);
  const document = jsonIn(text);
  const problems = duplicateKeyProblems(text);
  if (problems.length > 0) throw badBody(problems);
  return document;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badBody([{ path: 'body', message: 'is no JSON' }]);
  }
}

function badBody(problems: readonly { path: string; message: string }[]): SluiceError {
  return new SluiceError('request-invalid', `The event is not valid: ${fieldsOf(problems)}.`, { problems });
}
