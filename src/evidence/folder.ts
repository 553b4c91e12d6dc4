/** Bundles outside of a store: a folder, or the archive that `sluice evidence get` writes. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { SluiceError } from '../domain/errors.ts';
import { isInside } from '../domain/evidence/layout.ts';
import { packTar, unpackTar } from './tar.ts';
import type { Files } from './verify.ts';

/** Null: an archive that is not byte for byte one of ours. Errors: the file system's. */
export async function readBundle(path: string): Promise<Files | null> {
  if (!(await stat(path)).isDirectory()) return unpackTar(await readFile(path));
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    // What is no file, such as a link, counts as one that was added.
    const name = relative(path, file).split(sep).join('/');
    files.set(name, entry.isFile() ? await readFile(file) : Buffer.alloc(0));
  }
  return files;
}

/**
 * To an archive if the path ends with `.tar`, else to a folder. Replaces nothing. Errors: `evidence-damaged`, the file
 * system's.
 */
export async function writeBundle(path: string, files: Files): Promise<void> {
  if (path.endsWith('.tar')) return await writeFile(path, packTar(files), { flag: 'wx' });
  const outside = [...files.keys()].find((name) => !isInside(name));
  if (outside !== undefined)
    throw new SluiceError('evidence-damaged', `The path ${outside} leads out of the bundle.`);
  await mkdir(path);
  for (const [name, content] of files) {
    const file = join(path, ...name.split('/'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flag: 'wx' });
  }
}
