/**
 * The file system of the image's last stage, as its Dockerfile says, in a folder: production packages only, read only.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../../src/stack/tools.ts';
import { copiesOf, dockerfileStages, type Stage } from './dockerfile.ts';

export interface Image {
  readonly folder: string;
  remove(): void;
}

/** Needs `dist`. */
export function layOutImage(): Image {
  const root = repoRoot();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-image-'));
  const final = dockerfileStages().at(-1) as Stage;
  for (const { from, sources } of copiesOf(final)) {
    for (const source of sources) {
      const path = source.replace(/^\/app\//, '');
      if (from === 'dependencies') copyPackages(root, folder);
      else cpSync(join(root, path), join(folder, path), { recursive: true });
    }
  }
  const folders = foldersOf(folder);
  for (const path of folders) chmodSync(path, 0o555);
  return {
    folder,
    remove() {
      for (const path of folders) chmodSync(path, 0o755);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What `npm ci --omit=dev` installs: everything in the lock that is not there for developers only. */
function copyPackages(root: string, folder: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const installed: string[] = Object.entries<{ dev?: boolean; devOptional?: boolean }>(packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true)
    .map(([path]) => path);
  for (const path of installed) copyPackage(join(root, path), join(folder, path));
}

/** A package's own files; those that it brings are in the lock by themselves. */
function copyPackage(from: string, to: string): void {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(from);
  } catch (error) {
    // Packages for other platforms are in the lock, and not here.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  mkdirSync(to, { recursive: true });
  for (const entry of entries) {
    if (entry.isDirectory() && entry.name !== 'node_modules')
      copyPackage(join(from, entry.name), join(to, entry.name));
    else if (entry.isFile()) linkOrCopy(join(from, entry.name), join(to, entry.name));
  }
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function foldersOf(folder: string): string[] {
  const below = entriesOf(folder).filter((entry) => entry.isDirectory());
  return [folder, ...below.flatMap((entry) => foldersOf(join(folder, entry.name)))];
}
