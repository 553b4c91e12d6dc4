/** What this browser's session asks of every request that changes something. */

/** Null: there is no session, so that no other page could misuse it. */
let csrf: string | null = null;

export function keepCsrf(token: string | null): void {
  csrf = token;
}

export function sessionHeaders(): Record<string, string> {
  return csrf === null ? {} : { 'x-csrf-token': csrf };
}
