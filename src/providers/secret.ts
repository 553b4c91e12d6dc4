/** Secrets that the operator names by reference: a file or a variable, read afresh each time, so that rotation needs no restart. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

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
