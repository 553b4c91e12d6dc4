/**
 * Secrets that the operator names by reference: a file, a variable or a Kubernetes Secret, read afresh, so that
 * rotation needs no restart.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type ErrorCode, SluiceError } from '../domain/errors.ts';
import { namespaceName, objectName } from './kube/settings.ts';

export const secretSource = z.union([
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds the value.') }),
  z.strictObject({
    env: z.string().min(1).describe('Name of the environment variable that holds the value.'),
  }),
  z.strictObject({
    kubernetes: z
      .strictObject({
        namespace: namespaceName.optional().describe("Default: Sluice's own."),
        name: objectName.describe('Name of the Secret.'),
        key: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,253}$/, 'is no key of a Secret')
          .describe('Key of the Secret whose value it is.'),
      })
      .describe('A Secret of the cluster that Sluice runs in.'),
  }),
]);
export type SecretSource = z.infer<typeof secretSource>;

/** Where the secret is kept, for messages to people. */
export function placeOf(source: SecretSource): string {
  if ('file' in source) return `the file ${source.file}`;
  if ('env' in source) return `the environment variable ${source.env}`;
  const { namespace, name, key } = source.kubernetes;
  return `the key ${key} of the Secret ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Without blanks around it; null: missing or empty. Never throws, so that no error text can quote a secret. */
export async function readSecret(source: SecretSource): Promise<string | null> {
  const value = (await read(source))?.trim() ?? '';
  return value === '' ? null : value;
}

async function read(source: SecretSource): Promise<string | null | undefined> {
  if ('file' in source) return await readFile(source.file, 'utf8').catch(() => null);
  if ('env' in source) return process.env[source.env];
  // Loaded only where somebody uses it: the client of clusters is large.
  const { readKubeSecret } = await import('./kube/secret.ts');
  return await readKubeSecret(source.kubernetes);
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
