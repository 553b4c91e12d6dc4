/**
 * Talks with an OpenID provider while somebody logs in: the authorization code flow with PKCE, by a certified client.
 */
import * as oidc from 'openid-client';
import { SluiceError } from '../../domain/errors.ts';
import type { IssuerSettings } from '../../providers/auth-settings.ts';
import { placeOf, readSecret } from '../../providers/secret.ts';

/** What must come back, or be shown, for the login to count. It stays with the browser that began. */
interface Expected {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

type Login = NonNullable<IssuerSettings['login']>;

const timeoutSeconds = 5;
/** What a provider says of itself changes seldom. */
const describedForMs = 3_600_000;

export class Provider {
  private readonly issuer: string;
  private readonly login: Login;
  private description: { readonly server: oidc.ServerMetadata; readonly atMs: number } | null = null;

  constructor(issuer: string, login: Login) {
    this.issuer = issuer;
    this.login = login;
  }

  /** Where to send the browser. Throws `auth-unavailable`. */
  async begin(redirectUri: string): Promise<{ readonly url: URL; readonly expected: Expected }> {
    const expected = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(await this.client(), {
      redirect_uri: redirectUri,
      scope: this.login.scopes.join(' '),
      state: expected.state,
      nonce: expected.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(expected.verifier),
      code_challenge_method: 'S256',
    });
    return { url, expected };
  }

  /** The ID token for the code that the browser has brought back. Throws `login-refused`, `auth-unavailable`. */
  async finish(back: URL, { state, nonce, verifier }: Expected): Promise<string> {
    const client = await this.client();
    try {
      const tokens = await oidc.authorizationCodeGrant(client, back, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      return tokens.id_token ?? '';
    } catch (error) {
      throw refusalOf(this.issuer, error);
    }
  }

  private async client(): Promise<oidc.Configuration> {
    const { clientId, clientSecret } = this.login;
    const server = await this.described();
    if (clientSecret === undefined)
      return this.bounded(new oidc.Configuration(server, clientId, {}, oidc.None()));
    // Read afresh, so that a new secret needs no restart.
    const secret = await readSecret(clientSecret);
    if (secret === null) {
      const place = placeOf(clientSecret);
      throw new SluiceError('auth-unavailable', `The secret for ${this.issuer} cannot be read: ${place}.`);
    }
    return this.bounded(new oidc.Configuration(server, clientId, {}, oidc.ClientSecretBasic(secret)));
  }

  private async described(): Promise<oidc.ServerMetadata> {
    const known = this.description;
    if (known !== null && performance.now() - known.atMs < describedForMs) return known.server;
    try {
      const found = await oidc.discovery(new URL(this.issuer), this.login.clientId, undefined, undefined, {
        timeout: timeoutSeconds,
        execute: this.exceptions(),
      });
      const server = found.serverMetadata();
      this.description = { server, atMs: performance.now() };
      return server;
    } catch (error) {
      throw new SluiceError('auth-unavailable', `${this.issuer} does not say how to log in there.`, {
        cause: error,
      });
    }
  }

  private bounded(client: oidc.Configuration): oidc.Configuration {
    client.timeout = timeoutSeconds;
    for (const except of this.exceptions()) except(client);
    return client;
  }

  /** Plain HTTP is for a provider on this machine alone, which is all that settings allow. */
  private exceptions(): ((client: oidc.Configuration) => void)[] {
    return this.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
  }
}

/** What the provider, or the check of its answer, has against it. A provider that is away is another matter. */
function refusalOf(issuer: string, error: unknown): SluiceError {
  if (error instanceof oidc.AuthorizationResponseError) {
    return new SluiceError('login-refused', `${issuer} refused the login: ${error.error}.`, { cause: error });
  }
  if (error instanceof oidc.ResponseBodyError) {
    return new SluiceError('login-refused', `${issuer} gave no token for the code: ${error.error}.`, {
      cause: error,
    });
  }
  if (error instanceof oidc.WWWAuthenticateChallengeError) {
    return new SluiceError('auth-unavailable', `${issuer} does not take clientId and clientSecret.`, {
      cause: error,
    });
  }
  if (error instanceof oidc.ClientError && !isNetwork(error)) {
    return new SluiceError('login-refused', `The answer of ${issuer} was not accepted.`, { cause: error });
  }
  return new SluiceError('auth-unavailable', `${issuer} did not answer.`, { cause: error });
}

function isNetwork({ code }: oidc.ClientError): boolean {
  return code === 'OAUTH_TIMEOUT';
}
