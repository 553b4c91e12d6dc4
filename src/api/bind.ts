/** Loopback only: what the API may listen on, and by which names it may be addressed, until it can authenticate. */
import { isIP } from 'node:net';
import { SluiceError } from '../domain/errors.ts';

/** The address to listen on. Throws `bind-refused` for everything that another machine could reach. */
export function bindAddressOf(host: string): string {
  const name = unbracketed(host.trim().toLowerCase());
  if (!isLoopback(name)) {
    throw new SluiceError(
      'bind-refused',
      `The API would listen on "${host}", which other machines may reach; it has no authentication yet.`,
    );
  }
  // The resolver could say something else about the name, so it is not asked.
  return name === 'localhost' ? '127.0.0.1' : name;
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
