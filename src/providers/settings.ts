/** Reads the settings of a provider, or says what is wrong with them. */
import type { z } from 'zod';
import { SluiceError } from '../domain/errors.ts';

export function readSettings<T>(type: string, schema: z.ZodType<T>, settings: unknown): T {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const listed = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new SluiceError('provider-config', `The settings of ${type} are invalid: ${listed}`, { problems });
}
