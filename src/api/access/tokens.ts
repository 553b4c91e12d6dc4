/**
 * API tokens: random secrets that only their owners have; the operator's file holds a hash, an end and grants of each.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { z } from 'zod';
import type { Grant } from '../../domain/access/grants.ts';
import { type TokenEntry, tokenEntrySchema, tokenFileSchema } from '../../domain/access/settings.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { readMapping } from '../../domain/plan/text.ts';
import type { Principal } from './principal.ts';

const tokenPattern = /^slc_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

/** A new token, shown to its owner once, and what is kept of it. */
export function makeToken(
  name: string,
  grants: readonly Grant[],
  nowMs: number,
  lifeMs: number,
): { readonly token: string; readonly entry: TokenEntry } {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const entry = tokenEntrySchema.parse({
    id,
    name,
    hash: hashOf(secret).toString('hex'),
    created: new Date(nowMs).toISOString(),
    expires: new Date(nowMs + lifeMs).toISOString(),
    grants,
  });
  return { token: `slc_${id}_${secret}`, entry };
}

export function isToken(bearer: string): boolean {
  return bearer.startsWith('slc_');
}

/** What a token stands for; null: unknown, revoked, expired or wrong. Which of them, nobody is told. */
export function principalOf(bearer: string, entries: readonly TokenEntry[], nowMs: number): Principal | null {
  const [, id, secret = ''] = tokenPattern.exec(bearer) ?? [];
  const entry = entries.find((one) => one.id === id);
  if (entry === undefined) return null;
  const right = timingSafeEqual(hashOf(secret), Buffer.from(entry.hash, 'hex'));
  return right ? ownerOf(entry, nowMs) : null;
}

/** Whom a token stands for that was shown before; null: it has been revoked or has expired since. */
export function principalOfId(id: string, entries: readonly TokenEntry[], nowMs: number): Principal | null {
  const entry = entries.find((one) => one.id === id);
  return entry === undefined ? null : ownerOf(entry, nowMs);
}

export function idOf(token: string): string | null {
  return tokenPattern.exec(token)?.[1] ?? null;
}

function ownerOf({ name, expires, grants }: TokenEntry, nowMs: number): Principal | null {
  return nowMs < Date.parse(expires) ? { name: `token:${name}`, verified: true, grants } : null;
}

/** How often the file may be looked at: so long a revoked token may still be good. */
const lookEveryMs = 1_000;

/** The operator's file, read again when it has changed. A file that cannot be read lets nobody in. */
export class TokenFile {
  private readonly path: string;
  private entries: readonly TokenEntry[] = [];
  private mark = '';
  private lookedMs = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.path = path;
  }

  /** Throws `auth-unavailable`. */
  async list(): Promise<readonly TokenEntry[]> {
    if (performance.now() - this.lookedMs < lookEveryMs) return this.entries;
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      const mark = `${mtimeMs} ${size} ${ino}`;
      if (mark !== this.mark) this.entries = (await readTokens(this.path)).tokens;
      this.mark = mark;
      this.lookedMs = performance.now();
      return this.entries;
    } catch (error) {
      this.mark = '';
      this.entries = [];
      throw new SluiceError('auth-unavailable', `The tokens cannot be read: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** Room for as many tokens as there may be. */
const maxFileBytes = 8 * 1024 * 1024;

/** Throws `config-invalid` when the file is no file of tokens, and what reading it throws. */
export async function readTokens(path: string): Promise<z.infer<typeof tokenFileSchema>> {
  const read = readMapping(await readFile(path, 'utf8'), { bytes: maxFileBytes });
  const result = read.ok ? tokenFileSchema.safeParse(read.value) : null;
  if (result?.success) return result.data;
  const first = read.ok ? result?.error?.issues[0] : read.problems[0];
  const where = first ? `${first.path}: ${first.message}` : 'nothing is in it';
  throw new SluiceError('config-invalid', `${path} is no file of tokens: ${where}`);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
