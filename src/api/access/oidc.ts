/** Bearer tokens of OpenID providers: people, and pipelines by their own identity, such as GitHub's. */
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Grant } from '../../domain/access/grants.ts';
import { type Binding, keySource } from '../../domain/access/settings.ts';
import { SluiceError } from '../../domain/errors.ts';
import { legible } from '../../domain/legible.ts';
import type { IssuerSettings } from '../../providers/auth-settings.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { Principal } from './principal.ts';

/** Signatures by a private key only: nothing that both sides know, and never none. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const clockToleranceSeconds = 30;
const discoveryTimeoutMs = 3_000;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: keySource });

/** Whom an issuer has named, as Sluice calls them. */
export interface Identity {
  readonly name: string;
  /** Those that some grant names, and no others. */
  readonly groups: readonly string[];
}

export class Issuer {
  readonly settings: IssuerSettings;
  private readonly bindings: readonly Binding[];
  /** How names begin that are not this issuer's to give. */
  private readonly foreign: readonly string[];
  private readonly keys = new IssuerKeys(() => this.keysUrl());

  constructor(settings: IssuerSettings, bindings: readonly Binding[], foreign: readonly string[]) {
    this.settings = settings;
    this.foreign = foreign;
    this.bindings = bindings;
  }

  /** Null: not good. Throws `auth-unavailable` when the provider's keys cannot be had. */
  async principalOf(bearer: string): Promise<Principal | null> {
    const identity = await this.identify(bearer, this.settings.audience);
    return identity && this.known(identity);
  }

  /** With the grants of now. */
  known({ name, groups }: Identity): Principal {
    return { name: legible(name), verified: true, grants: this.grantsOf([name, ...groups.map(asGroup)]) };
  }

  /** Somebody whom it named earlier; null: the operator has since let it name others. */
  recall(identity: Identity): Principal | null {
    const { name } = identity;
    return name.startsWith(this.settings.prefix) && this.isOwn(name) ? this.known(identity) : null;
  }

  /** Null: not good for this audience. Throws `auth-unavailable` when the provider's keys cannot be had. */
  async identify(token: string, audience: string): Promise<Identity | null> {
    const { issuer } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.keys.get, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'iat', this.settings.nameClaim],
      });
      return this.named(payload);
    } catch (error) {
      if (isRefusal(error)) return null;
      throw new SluiceError('auth-unavailable', `The keys of ${issuer} cannot be had.`, { cause: error });
    }
  }

  private named(payload: JWTPayload): Identity | null {
    const { nameClaim, groupsClaim, prefix, require } = this.settings;
    const wrong = Object.entries(require).some(([claim, value]) => payload[claim] !== value);
    const said = payload[nameClaim];
    if (wrong || typeof said !== 'string' || said === '') return null;
    // An address that its owner has not shown to be theirs names nobody.
    if (nameClaim === 'email' && payload.email_verified !== true) return null;
    const name = `${prefix}${said}`;
    if (!this.isOwn(name)) return null;
    const groups = z.array(z.string()).catch([]).parse(payload[groupsClaim]);
    const own = groups.map((one) => `${prefix}${one}`).filter((one) => this.isOwn(one));
    return { name, groups: own.filter((one) => this.grantsOf([asGroup(one)]).length > 0) };
  }

  private isOwn(name: string): boolean {
    return !this.foreign.some((prefix) => name.startsWith(prefix));
  }

  private grantsOf(names: readonly string[]): Grant[] {
    return this.bindings.filter(({ to }) => to.some((one) => names.includes(one)));
  }

  private async keysUrl(): Promise<URL> {
    return new URL(this.settings.jwksUrl ?? (await this.discovered()));
  }

  private async discovered(): Promise<string> {
    const { issuer } = this.settings;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(discoveryTimeoutMs), redirect: 'error' });
    const document = discoverySchema.parse(await response.json());
    if (document.issuer !== issuer) throw new Error(`${url} speaks for ${document.issuer}`);
    return document.jwks_uri;
  }
}

function asGroup(name: string): string {
  return `group:${name}`;
}

/** The token's own fault, not that of whoever holds the keys. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}
