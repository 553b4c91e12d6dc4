/** Which sessions of browsers there are: a file for each, in a folder that replicas share. Without its file one is over. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import { type AskedOnce, Endings, noneOf } from './endings.ts';

const sessionIdPattern = /^[0-9a-f]{16}$/;

const keptSessionSchema = z.object({
  id: z.string().regex(sessionIdPattern),
  /** Whose it is, as histories name them. */
  name: z.string(),
  /** As it called itself. */
  browser: z.string(),
  beganMs: z.number(),
  untilMs: z.number(),
});
/** Nothing of it opens the session, which only the cookie does. */
export type KeptSession = z.infer<typeof keptSessionSchema>;

/** More than anybody's browsers; whoever logs in once more ends their oldest one. */
const mostOfOne = 20;

export class SessionBook {
  private readonly folder: string;
  private readonly endings: Endings;

  constructor(folder: string) {
    this.folder = folder;
    this.endings = new Endings(join(folder, 'endings'));
  }

  /** Must be called before the session is given out. Throws `auth-unavailable`. */
  async keep(session: KeptSession): Promise<void> {
    const file = this.fileOf(session.id);
    await reaching(async () => {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const own = (await this.list()).filter(({ name }) => name === session.name);
      for (const { id } of own.slice(mostOfOne - 1)) await this.end(id);
      await writeFile(file, JSON.stringify(session), { mode: 0o600, flag: 'wx' }).catch(async (error) => {
        await rm(file, { force: true });
        throw error;
      });
    });
  }

  /** Null: it is over. Throws `auth-unavailable`. */
  async find(id: string): Promise<KeptSession | null> {
    const text = await reaching(() => readFile(this.fileOf(id), 'utf8').catch(noneOf));
    const read = text === null ? null : keptSessionSchema.safeParse(parsedJson(text));
    return read?.success && read.data.id === id ? read.data : null;
  }

  /** Those that began last first; what has ended by itself is forgotten. Throws `auth-unavailable`. */
  async list(): Promise<KeptSession[]> {
    const names = (await reaching(() => readdir(this.folder).catch(noneOf))) ?? [];
    const found: KeptSession[] = [];
    for (const name of names) {
      const session = sessionIdPattern.test(name) ? await this.find(name) : null;
      if (session === null) continue;
      if (Date.now() < session.untilMs) found.push(session);
      else await this.end(session.id);
    }
    return found.sort((one, other) => other.beganMs - one.beganMs || one.id.localeCompare(other.id));
  }

  /** From now on no replica takes it. Throws `auth-unavailable`. */
  async end(id: string): Promise<void> {
    await reaching(() => rm(this.fileOf(id), { force: true }));
  }

  /**
   * Ends those that `choose` says, and returns how many; the same request again, by its key, ends the same ones. Throws
   * `auth-unavailable`, `idempotency-mismatch`.
   */
  async endAll(choose: () => Promise<readonly string[]>, once: AskedOnce | null): Promise<number> {
    // Kept before they end, so that whoever had no answer is not told that there are none.
    const ids = await reaching(() => (once === null ? choose() : this.endings.once(once, choose)));
    for (const id of ids) await this.end(id);
    return ids.length;
  }

  private fileOf(id: string): string {
    return join(this.folder, id);
  }
}

/** A folder that cannot be read or written lets nobody in. */
async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const message = `The sessions cannot be read or kept: ${messageOf(error)}`;
    throw new SluiceError('auth-unavailable', message, { cause: error });
  }
}
