/**
 * A browser's session: who logged in and how, kept in the browser's own cookie, and looked at anew with each request.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { SessionSettings } from '../../providers/auth-settings.ts';
import type { Identity } from './oidc.ts';
import type { Session } from './principal.ts';
import { Seal } from './sealed.ts';

/** Whose it is: somebody whom an issuer named, or whoever has an API token. */
const ownerSchema = z.union([
  z.object({ issuer: z.string(), name: z.string(), groups: z.array(z.string()) }),
  z.object({ token: z.string() }),
]);
export type Owner = (Identity & { readonly issuer: string }) | { readonly token: string };

const contentSchema = z.object({ owner: ownerSchema, csrf: z.string(), exp: z.number() });

interface OpenSession extends Session {
  readonly owner: Owner;
}

/** Browsers drop a cookie that is longer, name and all. */
const maxCookieBytes = 3_900;
const hourMs = 3_600_000;

export class Sessions {
  readonly seal: Seal;
  readonly lifeMs: number;

  constructor({ keys, hours }: SessionSettings) {
    this.seal = new Seal(keys);
    this.lifeMs = hours * hourMs;
  }

  /** The cookie's value. */
  async begin(owner: Owner): Promise<string> {
    const content = { owner, csrf: randomBytes(16).toString('base64url') };
    const value = await this.seal.close('session', content, this.lifeMs);
    if (value.length <= maxCookieBytes) return value;
    throw new SluiceError('login-refused', 'The names of the groups do not fit a cookie.');
  }

  /** Null: none, or not any more. */
  async read(cookie: string): Promise<OpenSession | null> {
    const content = contentSchema.safeParse(await this.seal.open('session', cookie));
    if (!content.success) return null;
    const { owner, csrf, exp } = content.data;
    return { owner, csrf, untilMs: exp * 1000 };
  }
}
