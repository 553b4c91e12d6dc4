/**
 * Which sessions were ended under which Idempotency-Key: the same request, sent again to whichever replica, means those and
 * no others. A folder for each, whole or not there, in one that replicas share.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
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
/** In the folder of each. */
const fileName = 'ending.json';

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
    const place = join(this.folder, digestOf([by, key]));
    const first =
      (await endingIn(place)) ?? (await this.keep(place, { what, sessions: [...(await choose())] }));
    needSame([first.what], [what]);
    return first.sessions;
  }

  /** Of two at once the first counts. */
  private async keep(place: string, ending: Ending): Promise<Ending> {
    if (ending.sessions.length === 0) return ending;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.forgetOld();
    const aside = asideOf(place);
    try {
      await mkdir(aside, { mode: 0o700 });
      await writeFile(join(aside, fileName), JSON.stringify(ending), { mode: 0o600 });
      // A folder that holds something is never replaced. File systems without hard links, which would do for files, keep to
      // that as well.
      await rename(aside, place);
      return ending;
    } catch (error) {
      const first = await endingIn(place);
      if (first === null) throw error;
      return first;
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }

  private async forgetOld(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const place = join(this.folder, name);
      const found = await stat(place).catch(noneOf);
      if (found === null || Date.now() - found.mtimeMs <= keptForMs) continue;
      // Moved away whole, as one that is being emptied could be replaced meanwhile.
      const aside = asideOf(place);
      await rename(place, aside).catch(noneOf);
      await rm(aside, { recursive: true, force: true });
    }
  }
}

function asideOf(place: string): string {
  return `${place}.${randomUUID()}`;
}

async function endingIn(place: string): Promise<Ending | null> {
  const text = await readFile(join(place, fileName), 'utf8').catch(noneOf);
  const read = text === null ? null : endingSchema.safeParse(parsedJson(text));
  return read?.success ? read.data : null;
}

/** Null for what is not there, and for a file where a folder was looked for. */
export function noneOf(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return null;
  throw error;
}
