/**
 * Logs people in with a browser: at an OpenID provider or with an API token. What is under way is kept by the browser,
 * sealed.
 */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { LoginWay } from '../contract.ts';
import type { Issuer } from './oidc.ts';
import type { Principal } from './principal.ts';
import { Provider } from './provider.ts';
import type { Sessions } from './session.ts';
import type { SessionBook } from './session-book.ts';
import { idOf, principalOf, type TokenFile } from './tokens.ts';

/** For somebody to log in at the provider. */
export const loginLifeMs = 10 * 60_000;

const underWaySchema = z.object({
  issuer: z.string(),
  expected: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
  returnTo: z.string(),
});

interface LoginDeps {
  readonly sessions: Sessions;
  readonly issuers: readonly Issuer[];
  /** Null: there are no API tokens. */
  readonly file: TokenFile | null;
}

/** Somebody who has logged in. */
export interface LoggedIn {
  readonly principal: Principal;
  /** The value of the session's cookie. */
  readonly session: string;
}

interface Door {
  readonly issuer: Issuer;
  readonly provider: Provider;
  readonly clientId: string;
  readonly name: string;
}

export class BrowserLogin {
  private readonly deps: LoginDeps;
  private readonly doors: readonly Door[];

  constructor(deps: LoginDeps) {
    this.deps = deps;
    this.doors = deps.issuers.flatMap(doorOf);
  }

  get sessionLifeMs(): number {
    return this.deps.sessions.lifeMs;
  }

  /** Null: sessions end by themselves alone. */
  get book(): SessionBook | null {
    return this.deps.sessions.book;
  }

  ways(): LoginWay[] {
    const doors = this.doors.map(({ name, issuer }): LoginWay => {
      const query = new URLSearchParams({ issuer: issuer.settings.issuer });
      return { kind: 'openid', name, href: `/auth/login?${query}` };
    });
    return [...doors, ...(this.deps.file === null ? [] : [{ kind: 'token' as const, href: '/auth/token' }])];
  }

  /** By default at the first issuer. Throws `login-unconfigured`, `auth-unavailable`. */
  async begin(
    wanted: string | undefined,
    redirectUri: string,
    returnTo: string,
  ): Promise<{ readonly url: string; readonly cookie: string }> {
    const door = this.doors.find(({ issuer }) => wanted === undefined || issuer.settings.issuer === wanted);
    if (door === undefined) throw new SluiceError('login-unconfigured', 'There is no such way to log in.');
    const { url, expected } = await door.provider.begin(redirectUri);
    const underWay = { issuer: door.issuer.settings.issuer, expected, returnTo };
    const cookie = await this.deps.sessions.seal.close('login', underWay, loginLifeMs);
    return { url: url.href, cookie };
  }

  /** Where the login was to lead; null: none is under way in this browser, or not any more. */
  async underWay(cookie: string): Promise<z.output<typeof underWaySchema> | null> {
    return underWaySchema
      .nullable()
      .catch(null)
      .parse(await this.deps.sessions.seal.open('login', cookie));
  }

  /** Throws `login-refused`, `auth-unavailable`. */
  async finish(
    back: URL,
    { issuer: wanted, expected }: z.output<typeof underWaySchema>,
    browser: string,
  ): Promise<LoggedIn> {
    const door = this.doors.find(({ issuer }) => issuer.settings.issuer === wanted);
    if (door === undefined) throw new SluiceError('login-refused', `Nobody logs in at ${wanted} any more.`);
    const { issuer, provider, clientId } = door;
    const identity = await issuer.identify(await provider.finish(back, expected), clientId);
    if (identity === null) {
      throw new SluiceError('login-refused', `The token of ${wanted} is not good, or names nobody.`);
    }
    const principal = issuer.known(identity);
    const whose = { name: principal.name, browser };
    const session = await this.deps.sessions.begin({ issuer: wanted, ...identity }, whose);
    return { principal, session };
  }

  /** Throws `unauthenticated`, `login-unconfigured`, `auth-unavailable`. */
  async withToken(token: string, browser: string): Promise<LoggedIn> {
    const { file, sessions } = this.deps;
    if (file === null) throw new SluiceError('login-unconfigured', 'There are no API tokens here.');
    const principal = principalOf(token, await file.list(), Date.now());
    const id = idOf(token);
    if (principal === null || id === null) {
      throw new SluiceError('unauthenticated', 'The token is not good, or not any more.');
    }
    const session = await sessions.begin({ token: id }, { name: principal.name, browser });
    return { principal, session };
  }
}

function doorOf(issuer: Issuer): Door[] {
  const { issuer: url, login } = issuer.settings;
  if (login === undefined) return [];
  const { clientId, name = new URL(url).host } = login;
  return [{ issuer, provider: new Provider(url, login), clientId, name }];
}
