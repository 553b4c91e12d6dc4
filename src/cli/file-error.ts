/** Why a file that the command line names cannot be read or written, in the words of people. */
import { dirname } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import { badInput, type CliError } from './cli-error.ts';

/** `what` begins the sentence, such as `The plan`. */
export function notRead(what: string, path: string, error: unknown): CliError {
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'you may not read it' };
  return badInput(
    `${what} ${path} cannot be read: ${said(why, error)}.`,
    'Check the path; `-` reads standard input.',
  );
}

/**
 * Of `--out`: folders that are missing are not made, since a slip of the hand would hide the file in one. `what` begins
 * the sentence, such as `The report`.
 */
export function notWritten(what: string, path: string, error: unknown): CliError {
  const why = {
    ENOENT: `there is no folder ${dirname(path)}`,
    EISDIR: 'it is a folder',
    EACCES: 'you may not write there',
  };
  return badInput(
    `${what} ${path} cannot be written: ${said(why, error)}.`,
    'Check the path; missing folders are not made.',
  );
}

function said(why: Readonly<Record<string, string>>, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return why[code] ?? messageOf(error);
}
