/** Bearer tokens of OpenID providers: people, and pipelines by their own identity, such as GitHub's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Grant } from '../../domain/access/grants.ts';
import { type Binding, keySource } from '../../domain/access/settings.ts';
import { SluiceError } from '../../domain/errors.ts';
import { legible } from '../../domain/legible.ts';
import type { IssuerSettings } from '../../providers/auth-settings.ts';
import type { Principal } from './principal.ts';

/** Signatures by a private key only: nothing that both sides know, and never none. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const clockToleranceSeconds = 30;
const keysTimeoutMs = 3_000;
/**
 * A provider that is away must not keep people from rolling back. A key that is not known is asked for at once all the
 * same ...
 */
const keysGoodForMs = 12 * 3_600_000;
/** ... but not more often than this, whatever keys tokens name; whoever comes in between waits for the rest of it. */
const keysRestMs = 1_000;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: keySource });

/** Whom an issuer has named, as Sluice calls them. */
export interface Identity {
  readonly name: string;
  /** Those that some grant names, and no others. */
  readonly groups: readonly string[];
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;

export class Issuer {
  readonly settings: IssuerSettings;
  private readonly bindings: readonly Binding[];
  /** How names begin that are not this issuer's to give. */
  private readonly foreign: readonly string[];
  private keys: Promise<KeySet> | null = null;

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
      const { payload } = await jwtVerify(token, patientlyFrom(await this.keySet()), {
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

  private keySet(): Promise<KeySet> {
    this.keys ??= this.findKeys().catch((error: unknown) => {
      this.keys = null;
      throw error;
    });
    return this.keys;
  }

  private async findKeys(): Promise<KeySet> {
    const url = this.settings.jwksUrl ?? (await this.discovered());
    return createRemoteJWKSet(new URL(url), {
      timeoutDuration: keysTimeoutMs,
      cacheMaxAge: keysGoodForMs,
      cooldownDuration: keysRestMs,
    });
  }

  private async discovered(): Promise<string> {
    const { issuer } = this.settings;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(keysTimeoutMs), redirect: 'error' });
    const document = discoverySchema.parse(await response.json());
    if (document.issuer !== issuer) throw new Error(`${url} speaks for ${document.issuer}`);
    return document.jwks_uri;
  }
}

/** A key may be newer than the keys that were fetched a moment ago. */
function patientlyFrom(keys: KeySet): JWTVerifyGetKey {
  return async (...asked) => {
    const { coolingDown } = keys;
    try {
      return await keys(...asked);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !coolingDown) throw error;
      await sleep(keysRestMs);
      return await keys(...asked);
    }
  };
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
