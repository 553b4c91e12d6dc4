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
import { SessionBook } from './session-book.ts';

/** Whose it is: somebody whom an issuer named, or whoever has an API token. */
const ownerSchema = z.union([
  z.object({ issuer: z.string(), name: z.string(), groups: z.array(z.string()) }),
  z.object({ token: z.string() }),
]);
export type Owner = (Identity & { readonly issuer: string }) | { readonly token: string };

const contentSchema = z.object({ id: z.string(), owner: ownerSchema, csrf: z.string(), exp: z.number() });

interface OpenSession extends Session {
  readonly owner: Owner;
}

/** By which its owner knows it. */
interface Whose {
  /** As histories name them. */
  readonly name: string;
  readonly browser: string;
}

/** Browsers drop a cookie that is longer, name and all. */
const maxCookieBytes = 3_900;
const hourMs = 3_600_000;

export class Sessions {
  readonly seal: Seal;
  readonly lifeMs: number;
  /** Null: what there are nobody knows, and one ends by itself alone. */
  readonly book: SessionBook | null;

  constructor({ keys, hours, folder }: SessionSettings) {
    this.seal = new Seal(keys);
    this.book = folder === undefined ? null : new SessionBook(folder);
    this.lifeMs = hours * hourMs;
  }

  /** The cookie's value. Throws `login-refused`, `auth-unavailable`. */
  async begin(owner: Owner, whose: Whose): Promise<string> {
    const id = randomBytes(8).toString('hex');
    const content = { id, owner, csrf: randomBytes(16).toString('base64url') };
    const beganMs = Date.now();
    const value = await this.seal.close('session', content, this.lifeMs);
    if (value.length > maxCookieBytes) {
      throw new SluiceError('login-refused', 'The names of the groups do not fit a cookie.');
    }
    await this.book?.keep({ id, ...whose, beganMs, untilMs: beganMs + this.lifeMs });
    return value;
  }

  /** Null: none, or not any more. Throws `auth-unavailable`. */
  async read(cookie: string): Promise<OpenSession | null> {
    const content = contentSchema.safeParse(await this.seal.open('session', cookie));
    if (!content.success) return null;
    const { id, owner, csrf, exp } = content.data;
    if (this.book !== null && (await this.book.find(id)) === null) return null;
    return { id: this.book && id, owner, csrf, untilMs: exp * 1000 };
  }
}
