/** Work folders of fetches: beside the tools, so that a finished one can be renamed into its place. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toolsDir } from './paths.mjs';

const folder = join(toolsDir, 'tmp');

/** An empty folder; what an interrupted set-up left there is deleted. @param {string} name */
export function freshFolder(name) {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** Deletes whatever failed fetches have left. */
export function clearTemporary() {
  rmSync(folder, { recursive: true, force: true });
}
