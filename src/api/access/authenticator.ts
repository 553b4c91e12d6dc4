/** Finds out who a request comes from, by the means that the operator configured. */
import { decodeJwt } from 'jose';
import { ownPrefixes } from '../../domain/access/settings.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { AuthConfig } from '../../providers/auth-settings.ts';
import { BrowserLogin } from './browser-login.ts';
import { cookieOf, sessionCookie } from './cookies.ts';
import { Issuer } from './oidc.ts';
import { anybody, type Principal } from './principal.ts';
import { type Owner, Sessions } from './session.ts';
import { isToken, principalOf, principalOfId, TokenFile } from './tokens.ts';

/** By a bearer token, else by a session. Throws `unauthenticated`, `auth-unavailable`. */
export type Authenticate = (authorization: string | undefined, cookie?: string) => Promise<Principal>;

interface AccessControl {
  readonly authenticate: Authenticate;
  /** Null: nobody can log in with a browser. */
  readonly login: BrowserLogin | null;
}

/** Whether anybody could be told from anybody else. */
export function isConfigured({ tokens, oidc }: AuthConfig): boolean {
  return tokens !== undefined || oidc.length > 0;
}

export const withoutAuthentication: Authenticate = async () => anybody;

export function createAccessControl(config: AuthConfig): AccessControl {
  if (!isConfigured(config)) return { authenticate: withoutAuthentication, login: null };
  const file = config.tokens === undefined ? null : new TokenFile(config.tokens);
  const issuers = issuersOf(config);
  const sessions = config.sessions === undefined ? null : new Sessions(config.sessions);

  const byBearer = async (bearer: string) =>
    isToken(bearer)
      ? file && principalOf(bearer, await file.list(), Date.now())
      : await issuerOf(bearer, issuers)?.principalOf(bearer);

  const ownerOf = async (owner: Owner) =>
    'token' in owner
      ? file && principalOfId(owner.token, await file.list(), Date.now())
      : issuers.find(({ settings }) => settings.issuer === owner.issuer)?.recall(owner);

  const bySession = async (cookie: string) => {
    const session = await sessions?.read(cookie);
    if (!session) return null;
    const { owner, ...shown } = session;
    const principal = await ownerOf(owner);
    return principal && { ...principal, session: shown };
  };

  const authenticate: Authenticate = async (authorization, cookie) => {
    const session = authorization === undefined ? cookieOf(cookie, sessionCookie) : null;
    if (session !== null) {
      const principal = await bySession(session);
      if (!principal) throw unauthenticated('The session is over; log in again.');
      return principal;
    }
    const bearer = bearerIn(authorization);
    if (bearer === null) throw unauthenticated('The request has no bearer token.');
    const principal = await byBearer(bearer);
    if (!principal) throw unauthenticated('The bearer token is not good, or not any more.');
    return principal;
  };
  return { authenticate, login: sessions && new BrowserLogin({ sessions, issuers, file }) };
}

/** By RFC 6750, with as many blanks between as RFC 9110 allows. Null: there is none. */
export function bearerIn(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function issuersOf({ oidc, grants }: AuthConfig): readonly Issuer[] {
  const prefixes = [...ownPrefixes, ...oidc.map(({ prefix }) => prefix)].filter((one) => one !== '');
  return oidc.map((settings) => {
    const foreign = prefixes.filter((one) => one !== settings.prefix);
    return new Issuer(settings, grants, foreign);
  });
}

/**
 * By what the token says of itself, which is believed only once its signature has been checked with that issuer's keys.
 */
function issuerOf(bearer: string, issuers: readonly Issuer[]): Issuer | undefined {
  try {
    const { iss } = decodeJwt(bearer);
    return issuers.find(({ settings }) => settings.issuer === iss);
  } catch {
    return undefined;
  }
}

function unauthenticated(why: string): SluiceError {
  return new SluiceError('unauthenticated', why);
}
