/** The folders that set-up writes to: node_modules, dist and .sluice, all inside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const sluiceDir = join(root, '.sluice');
export const toolsDir = join(sluiceDir, 'tools');
export const nodeModules = join(root, 'node_modules');
export const distDir = join(root, 'dist');

/** A path as the screen shows it: relative to the repository if it lies inside. @param {string} path */
export function shown(path) {
  const short = relative(root, path);
  return short.startsWith('..') ? path : short;
}

/** The content of a JSON file, or undefined if it is missing or damaged. @param {string} file @returns {any} */
export function readJson(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
