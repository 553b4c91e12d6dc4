/** Request headers with credentials that are read afresh for each request and appear in no error text. */
import { SluiceError } from '../../domain/errors.ts';
import { placeOf, readHeader } from '../secret.ts';
import type { ConnectionSettings } from './connection-settings.ts';

interface RequestHeaders {
  readonly headers: Headers;
  /** Texts that must not appear in errors. */
  readonly secrets: readonly string[];
}

/** Throws `metrics-unavailable` when a value cannot be read, since a rotated file comes back. */
export async function requestHeaders(
  settings: Pick<ConnectionSettings, 'headers' | 'authorization'>,
): Promise<RequestHeaders> {
  const headers = new Headers();
  const secrets: string[] = [];
  for (const [name, given] of Object.entries(settings.headers)) {
    const value = typeof given === 'string' ? given : await readHeader(name, given, 'metrics-unavailable');
    setHeader(headers, name, value, typeof given === 'string' ? 'settings.headers' : placeOf(given));
    secrets.push(value);
  }
  if (settings.authorization !== undefined) {
    const value = await readHeader('Authorization', settings.authorization, 'metrics-unavailable');
    setHeader(headers, 'Authorization', value, placeOf(settings.authorization));
    // A server may quote the token without its scheme.
    secrets.push(value, value.slice(value.indexOf(' ') + 1));
  }
  return { headers, secrets };
}

/** Replaces secrets in a text that came from outside. Very short ones would only riddle the text with holes. */
export function hide(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 4)
    .reduce((hidden, secret) => hidden.replaceAll(secret, '(hidden)'), text);
}

function setHeader(headers: Headers, name: string, value: string, place: string): void {
  try {
    headers.set(name, value);
  } catch {
    // The original error quotes the value, so it is neither passed on nor kept as a cause.
    throw new SluiceError('provider-config', `${place} holds no valid value for the header ${name}.`);
  }
}
