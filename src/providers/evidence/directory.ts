/**
 * Keeps evidence as files below a folder. A file is written aside and linked into place, so it is whole or not there.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { EvidenceStore } from './types.ts';

/** What was being written when a process died. */
const unfinished = '.unfinished';

export function createDirectoryStore(root: string): EvidenceStore {
  const pathOf = (key: string) => join(root, ...key.split('/'));
  return {
    put: (key, content) => told(root, () => put(pathOf(key), content)),
    get: (key) => told(root, () => unlessMissing(readFile(pathOf(key)), null)),
    list: (prefix) => told(root, () => list(root, prefix)),
    delete: (key) => told(root, () => rm(pathOf(key), { force: true })),
    tidy: (beforeMs) => told(root, () => tidy(root, beforeMs)),
    async close() {},
  };
}

async function put(file: string, content: Uint8Array): Promise<boolean> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const aside = `${file}.${randomUUID()}${unfinished}`;
  try {
    const handle = await open(aside, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Fails where something is already, which a rename would replace.
    await link(aside, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
  await syncFolder(folder);
  return true;
}

/** The name must outlive a power cut as well. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function list(root: string, prefix: string): Promise<readonly string[]> {
  const folder = join(root, ...prefix.split('/'));
  const keys = (await filesBelow(folder)).flatMap((file) => {
    if (file.endsWith(unfinished)) return [];
    const below = file.slice(folder.length);
    return [`${prefix}${below.split(/[\\/]/).filter(Boolean).join('/')}`];
  });
  return keys.sort();
}

async function tidy(root: string, beforeMs: number): Promise<void> {
  for (const file of (await filesBelow(root)).filter((one) => one.endsWith(unfinished))) {
    const found = await unlessMissing(stat(file), null);
    if (found !== null && found.mtimeMs < beforeMs) await rm(file, { force: true });
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await unlessMissing(readdir(folder, { recursive: true, withFileTypes: true }), []);
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
}

async function unlessMissing<T, N>(work: Promise<T>, nothing: N): Promise<T | N> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return nothing;
    throw error;
  }
}

async function told<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new SluiceError('evidence-unavailable', `The folder ${root} does not serve: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
