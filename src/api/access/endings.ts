/**
 * Which sessions were ended under which Idempotency-Key: the same request, sent again to whichever replica, means those and
 * no others. A file for each, whole or not there, in a folder that replicas share.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../../domain/parsed-json.ts';
import { digestOf, needSame } from '../temporal/once.ts';

/** One request, by whatever it is sent. */
export interface AskedOnce {
  /** Who asks. */
  readonly by: string;
  readonly key: string;
  /** Which sessions are meant, in the words of the request. */
  readonly what: string;
}

const endingSchema = z.object({ what: z.string(), sessions: z.array(z.string()) });
type Ending = z.infer<typeof endingSchema>;

const keptForMs = 24 * 3_600_000;

export class Endings {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * `choose` says which, and is asked the first time alone; what finds none keeps no key. Throws `idempotency-mismatch`, and
   * whatever files do.
   */
  async once(
    { by, key, what }: AskedOnce,
    choose: () => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const file = join(this.folder, digestOf([by, key]));
    const first =
      (await endingIn(file)) ?? (await this.keep(file, { what, sessions: [...(await choose())] }));
    needSame([first.what], [what]);
    return first.sessions;
  }

  /** Of two at once the first counts. */
  private async keep(file: string, ending: Ending): Promise<Ending> {
    if (ending.sessions.length === 0) return ending;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.forgetOld();
    const aside = `${file}.${randomUUID()}`;
    try {
      await writeFile(aside, JSON.stringify(ending), { mode: 0o600, flag: 'wx' });
      await link(aside, file);
      return ending;
    } catch (error) {
      const first = await endingIn(file);
      if (first === null) throw error;
      return first;
    } finally {
      await rm(aside, { force: true });
    }
  }

  private async forgetOld(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const file = join(this.folder, name);
      const found = await stat(file).catch(noneOf);
      if (found !== null && Date.now() - found.mtimeMs > keptForMs) await rm(file, { force: true });
    }
  }
}

async function endingIn(file: string): Promise<Ending | null> {
  const text = await readFile(file, 'utf8').catch(noneOf);
  const read = text === null ? null : endingSchema.safeParse(parsedJson(text));
  return read?.success ? read.data : null;
}

/** Null for what is not there. */
export function noneOf(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
