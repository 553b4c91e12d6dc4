/**
 * A smoke test that is a command of the operator's, such as the dry run of a migration: exit code 0 means that it
 * passed.
 */
import { z } from 'zod';
import { formatDuration } from '../../../domain/duration.ts';
import { fillIn, type Values } from '../../../domain/gates/placeholders.ts';
import { plainEnvironment, runCommand } from '../../process-group.ts';
import { placeOf, readSecret, secretSource } from '../../secret.ts';
import { subjectOf } from '../reports/source.ts';
import type { Test, TestResult } from './types.ts';

const maxBytes = 256 * 1024;

export const commandSchema = z.strictObject({
  run: z
    .array(z.string().min(1).max(1_000))
    .min(1)
    .max(100)
    .describe('Program and arguments; no shell reads them.'),
  directory: z.string().min(1).optional().describe("Where it runs. Default: the worker's folder."),
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([z.string().max(1_000), secretSource]))
    .default({})
    .describe('Variables: a text, or where to read a secret.'),
  timeoutMs: z.int().min(100).max(3_600_000).default(300_000).describe('Then it is ended, milliseconds.'),
});

type Settings = z.output<typeof commandSchema>;

export function commandTest(known: Settings): Test {
  return async (question, signal) => {
    const values = subjectOf(question);
    const environment = await environmentOf(known, values);
    if ('missing' in environment) return { answer: 'hold', said: environment.missing, report: null };
    const words = fillIn(known.run, values);
    if ('unknown' in words) {
      return {
        answer: 'refuse',
        said: `nothing is known of ${words.unknown.join(', ')}; name it in the plan`,
        report: null,
      };
    }
    const startedMs = performance.now();
    const { code, ended, output } = await runCommand(
      {
        command: words.value,
        directory: known.directory,
        environment: environment.variables,
        timeoutMs: known.timeoutMs,
        maxBytes,
      },
      signal,
    );
    const report = {
      name: 'output.txt',
      mediaType: 'text/plain',
      content: hidden(output, environment.secrets),
    };
    return { ...judged(code, ended, performance.now() - startedMs), report };
  };
}

function judged(code: number | null, ended: string | null, tookMs: number): Omit<TestResult, 'report'> {
  const took = formatDuration(Math.max(1_000, Math.round(tookMs / 1_000) * 1_000));
  if (code === 0) return { answer: 'open', said: `ended well after ${took}` };
  const how = ended ?? `it ended with code ${code}`;
  return {
    answer: 'refuse',
    said: `${how}, after ${took}; its output is in the report: mend it, and start again`,
  };
}

async function environmentOf(
  { environment }: Settings,
  values: Values,
): Promise<
  | { readonly variables: NodeJS.ProcessEnv; readonly secrets: readonly string[] }
  | { readonly missing: string }
> {
  const variables: NodeJS.ProcessEnv = { ...plainEnvironment(), ...told(values) };
  const secrets: string[] = [];
  for (const [name, given] of Object.entries(environment)) {
    if (typeof given === 'string') {
      variables[name] = given;
      continue;
    }
    const secret = await readSecret(given);
    if (secret === null) return { missing: `${placeOf(given)} is missing or empty` };
    secrets.push(secret);
    variables[name] = secret;
  }
  return { variables, secrets };
}

function told({ service, environment, version, commit }: Values): NodeJS.ProcessEnv {
  const all = {
    SLUICE_SERVICE: service,
    SLUICE_ENVIRONMENT: environment,
    SLUICE_VERSION: version,
    SLUICE_COMMIT: commit,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Secrets that it was given do not get into reports, whatever it prints. */
function hidden(output: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), output);
}
