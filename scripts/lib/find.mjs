/** Looks for programs on this machine without running them. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';

// Debian keeps HAProxy in /usr/sbin, which is not on an ordinary user's PATH.
const EXTRA_FOLDERS = process.platform === 'win32' ? [] : ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

/** The program's absolute path, or undefined. @param {string} name @param {string} [path] */
export function onPath(name, path = process.env.PATH ?? '') {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...EXTRA_FOLDERS];
  const names = process.platform === 'win32' ? [`${name}.exe`, name] : [name];
  const candidates = folders.flatMap((folder) => names.map((each) => resolve(join(folder, each))));
  return candidates.find(isExecutable);
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * True if `text` names a version of at least `minimum`; only as many parts as `minimum` has are compared.
 * @param {string} text
 * @param {[number, number]} minimum
 */
export function isAtLeast(text, minimum) {
  const match = /(\d+)\.(\d+)/.exec(text);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
}
