/**
 * Where gates find reports that a pipeline has left: below a folder or an address of the operator's, by a path of the
 * plan's.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../domain/errors.ts';
import { fill, type Values } from '../../../domain/gates/placeholders.ts';
import { OutgoingError, outgoing } from '../../outgoing.ts';
import { placeOf, readSecret, secretSource } from '../../secret.ts';
import type { GateQuestion } from '../types.ts';

const maxBytes = 20 * 1024 * 1024;

/** What the operator sets. */
export const reportSettings = {
  directory: z.string().min(1).optional().describe('Folder in which reports lie.'),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe('Address below which reports lie.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
};

/** Whether a gate knows where to look. */
export function oneSource({ directory, url }: ReportSource): boolean {
  return (directory === undefined) !== (url === undefined);
}

/** What the plan sets. */
export const reportPath = z
  .string()
  .min(1)
  .max(500)
  .regex(
    /^[A-Za-z0-9._{}/@:+-]+$/,
    'must be a path of letters, digits and . _ / @ : + -, with {{…}} placeholders',
  )
  .refine(
    (path) => !path.split('/').includes('..') && !path.startsWith('/'),
    'must not lead out of the folder',
  )
  .describe('Path of the report; {{service}}, {{environment}}, {{version}}, {{commit}} are filled in.');

interface ReportSource {
  readonly directory?: string | undefined;
  readonly url?: string | undefined;
  readonly authorization?: z.infer<typeof secretSource> | undefined;
}

/** A report, or why there is none: that it is not there yet may pass, what is said of it tells. */
type Found = { readonly text: string; readonly path: string } | { readonly missing: string };

export async function findReport(
  source: ReportSource,
  template: string,
  question: GateQuestion,
  signal: AbortSignal,
): Promise<Found> {
  const path = filled(template, question);
  if ('missing' in path) return path;
  if (source.directory !== undefined) return await inFolder(source.directory, path.text);
  if (source.url !== undefined) return await at(source.url, source.authorization, path.text, signal);
  return { missing: 'the settings of this gate name neither a directory nor a url' };
}

function filled(
  template: string,
  question: GateQuestion,
): { readonly text: string } | { readonly missing: string } {
  const found = fill(template, subjectOf(question));
  if ('text' in found) return found;
  return {
    missing: `the plan says nothing of ${found.unknown.join(' and ')}, which the path ${template} needs`,
  };
}

/** What the placeholders of paths and tests stand for. */
export function subjectOf({ service, environment, version, artifact }: GateQuestion): Values {
  return { service, environment, version, commit: artifact.commit };
}

async function inFolder(directory: string, path: string): Promise<Found> {
  try {
    const base = await realpath(directory);
    const file = await realpath(join(base, path));
    // A link may lead anywhere.
    if (!file.startsWith(`${base}${sep}`)) return { missing: `${path} leads out of the folder` };
    if ((await stat(file)).size > maxBytes) return { missing: `${path} is longer than ${maxBytes} bytes` };
    return { text: await readFile(file, 'utf8'), path };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { missing: code === 'ENOENT' ? `there is no report at ${path}` : messageOf(error) };
  }
}

async function at(
  url: string,
  authorization: ReportSource['authorization'],
  path: string,
  signal: AbortSignal,
): Promise<Found> {
  const secret = authorization && (await readSecret(authorization));
  if (authorization && !secret) return { missing: `${placeOf(authorization)} is missing or empty` };
  const address = `${url.replace(/\/$/, '')}/${path.split('/').map(encodeURIComponent).join('/')}`;
  try {
    const headers = secret ? { authorization: secret } : {};
    const { status, text } = await outgoing(address, { headers, maxBytes }, signal);
    if (status === 404) return { missing: `there is no report at ${path}` };
    return status === 200 ? { text, path } : { missing: `asking for ${path} was answered with ${status}` };
  } catch (error) {
    if (error instanceof OutgoingError) return { missing: error.message };
    throw error;
  }
}
