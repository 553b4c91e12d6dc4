/** What the API may listen on, and by which names it may be addressed: loopback, and more where it knows who asks. */
import { isIP } from 'node:net';
import { SluiceError } from '../domain/errors.ts';

/** What an API that others can reach needs. */
interface Defences {
  readonly authenticates: boolean;
  /** TLS of its own, or the operator's word that a proxy in front of it has it. */
  readonly encrypts: boolean;
  readonly hostNames: readonly string[];
}

export const undefended: Defences = { authenticates: false, encrypts: false, hostNames: [] };

/** The address to listen on. Throws `bind-refused` for what another machine could reach, unless it is defended. */
export function bindAddressOf(host: string, defences: Defences): string {
  const name = unbracketed(host.trim().toLowerCase());
  const missing = missingOf(defences);
  if (!isLoopback(name) && missing.length > 0) {
    throw new SluiceError(
      'bind-refused',
      `The API would listen on "${host}", which other machines may reach, without ${missing.join(', ')}.`,
    );
  }
  // The resolver could say something else about the name, so it is not asked.
  return name === 'localhost' ? '127.0.0.1' : name;
}

function missingOf({ authenticates, encrypts, hostNames }: Defences): string[] {
  return [
    ...(authenticates ? [] : ['authentication (auth.tokens or auth.oidc)']),
    ...(encrypts ? [] : ['TLS (api.tls)']),
    ...(hostNames.length > 0 ? [] : ['the names by which it is addressed (api.hostNames)']),
  ];
}

/** Whether a host name or address means this machine and nothing else. */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host.toLowerCase());
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** The host name in a Host header or an origin's authority, without the port; null: not well-formed. */
export function hostNameOf(authority: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@\s[\]]+)(?::\d{1,5})?$/i.exec(authority);
  return match?.[1] ?? null;
}

function unbracketed(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
