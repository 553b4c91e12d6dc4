/** Why what `--out` names cannot be written. Missing folders are not made: a slip of the hand would hide the file. */
import { dirname } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import { badInput, type CliError } from './cli-error.ts';

/** `what` begins the sentence, such as `The report`. */
export function notWritten(what: string, path: string, error: unknown): CliError {
  const { why, advice } = reasonOf(path, error);
  return badInput(`${what} ${path} cannot be written: ${why}.`, advice);
}

function reasonOf(path: string, error: unknown): { why: string; advice: string } {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return {
        why: `there is no folder ${dirname(path)}`,
        advice: 'Make the folder first, or check the path.',
      };
    case 'EISDIR':
      return { why: 'it is a folder', advice: 'Name a file in it.' };
    case 'EACCES':
    case 'EROFS':
      return { why: 'you may not write there', advice: 'Name a folder of your own.' };
    default:
      return { why: messageOf(error), advice: 'Check the path.' };
  }
}
