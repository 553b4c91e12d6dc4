/** Finds out who a request comes from, by the means that the operator configured. */
import { decodeJwt } from 'jose';
import { type AuthConfig, ownPrefixes } from '../../domain/access/settings.ts';
import { SluiceError } from '../../domain/errors.ts';
import { Issuer } from './oidc.ts';
import { anybody, type Principal } from './principal.ts';
import { isToken, principalOf, TokenFile } from './tokens.ts';

/** Throws `unauthenticated`, `auth-unavailable`. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** Whether anybody could be told from anybody else. */
export function isConfigured({ tokens, oidc }: AuthConfig): boolean {
  return tokens !== undefined || oidc.length > 0;
}

export const withoutAuthentication: Authenticate = async () => anybody;

export function createAuthenticator(config: AuthConfig): Authenticate {
  if (!isConfigured(config)) return withoutAuthentication;
  const file = config.tokens === undefined ? null : new TokenFile(config.tokens);
  const prefixes = [...ownPrefixes, ...config.oidc.map(({ prefix }) => prefix)].filter((one) => one !== '');
  const issuers = config.oidc.map(
    (settings) =>
      new Issuer(
        settings,
        config.grants,
        prefixes.filter((one) => one !== settings.prefix),
      ),
  );
  return async (authorization) => {
    const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (bearer === undefined) throw unauthenticated('The request has no bearer token.');
    const principal = isToken(bearer)
      ? file && principalOf(bearer, await file.list(), Date.now())
      : await issuerOf(bearer, issuers)?.principalOf(bearer);
    if (!principal) throw unauthenticated('The bearer token is not good, or not any more.');
    return principal;
  };
}

/** By what the token says of itself, which is believed only once its signature has been checked with that issuer's keys. */
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
