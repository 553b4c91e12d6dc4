/** Secrets that the operator names by reference: a file or a variable, read afresh each time, so that rotation needs no restart. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type ErrorCode, SluiceError } from '../domain/errors.ts';

export const secretSource = z.union([
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds the value.') }),
  z.strictObject({
    env: z.string().min(1).describe('Name of the environment variable that holds the value.'),
  }),
]);
export type SecretSource = z.infer<typeof secretSource>;

/** Where the secret is kept, for messages to people. */
export function placeOf(source: SecretSource): string {
  return 'file' in source ? `the file ${source.file}` : `the environment variable ${source.env}`;
}

/** Without blanks around it; null: missing or empty. Never throws, so that no error text can quote a secret. */
export async function readSecret(source: SecretSource): Promise<string | null> {
  const text =
    'file' in source ? await readFile(source.file, 'utf8').catch(() => '') : process.env[source.env];
  const value = text?.trim() ?? '';
  return value === '' ? null : value;
}

/** The value of a request header. Throws an error of this code that says where it should be. */
export async function readHeader(header: string, source: SecretSource, code: ErrorCode): Promise<string> {
  const value = await readSecret(source);
  if (value !== null) return value;
  throw new SluiceError(code, `The ${header} header cannot be read: ${placeOf(source)} is missing or empty.`);
}

/** The Authorization header, if one is set. */
export async function readAuthorization(
  source: SecretSource | undefined,
  code: ErrorCode,
): Promise<Record<string, string>> {
  return source === undefined ? {} : { authorization: await readHeader('Authorization', source, code) };
}
