/**
 * What a program of the repository says of itself: the comment that its source begins with, in which every option
 * stands.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';

/** @param {string} file below the root */
export function usageOf(file) {
  const [, comment = ''] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  return comment
    .split('\n')
    .map((line) => line.replace(/^ \* ?/, '').trimEnd())
    .join('\n')
    .trim();
}

/** @param {readonly string[]} args */
export function asksForHelp(args) {
  return args.some((arg) => arg === '--help' || arg === '-h');
}

/**
 * Refuses what the usage does not name, before anything is built for it.
 * @param {readonly string[]} args
 * @param {string} usage
 */
export function refuseUnknown(args, usage) {
  const known = new Set(usage.match(/--[a-z][a-z-]*/g));
  for (const arg of args) {
    const [name = ''] = arg.split('=');
    if (name.startsWith('--') && !known.has(name))
      throw new Failure(`There is no option ${name}.\n\n${usage}`, 2);
  }
}
