/** The two cookies of a browser's login: set so that only this host gets them, over TLS, and no script reads them. */

/** `__Host-`: browsers take it only from this host itself, over TLS (or from this machine), for all its paths. */
export const sessionCookie = '__Host-sluice';
export const loginCookie = '__Host-sluice-login';

/**
 * No other site's link or form brings the session along; pages ask for what they show themselves. The login's cookie
 * has to come along when the provider sends the browser back.
 */
const sameSite = { [sessionCookie]: 'Strict', [loginCookie]: 'Lax' } as const;
type CookieName = keyof typeof sameSite;

export function cookieOf(header: string | undefined, name: CookieName): string | null {
  const start = `${name}=`;
  const found = header?.split(';').find((one) => one.trimStart().startsWith(start));
  const value = found?.trim().slice(start.length) ?? '';
  return value === '' ? null : value;
}

export function cookieSet(name: CookieName, value: string, lifeMs: number): string {
  const seconds = Math.floor(lifeMs / 1000);
  return `${name}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=${sameSite[name]}`;
}

export function cookieGone(name: CookieName): string {
  return cookieSet(name, '', 0);
}
