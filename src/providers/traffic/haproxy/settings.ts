/** What the operator sets for a HAProxy, and what a plan may set for its target. */
import { z } from 'zod';
import { backendPattern, defaultMatchHeader, headerPattern, pathPattern } from './names.ts';

export const haproxySettings = z.strictObject({
  socket: z
    .string()
    .min(1)
    .refine(isSocket, 'must be a path, or host:port')
    .describe('Runtime socket with level admin: a path, or host:port.'),
  mapsDir: z
    .string()
    .regex(pathPattern, 'must have no quotes, backslashes, control characters or any of ; < > # $ %')
    .describe('The folder of the map files, as HAProxy sees it.'),
  matchHeader: z
    .string()
    .regex(headerPattern, 'is no header name')
    .default(defaultMatchHeader)
    .describe('The header of the rendered frontend rules.'),
  persistRoles: z
    .boolean()
    .default(true)
    .describe(
      'Keep roles and stops in the files of mapsDir. False: a restart of HAProxy forgets promotions and stops.',
    ),
  timeoutMs: z
    .int()
    .min(50)
    .max(10_000)
    .default(1_000)
    .describe('Limit of one conversation with the socket, milliseconds.'),
});

export type HaproxySettings = z.infer<typeof haproxySettings>;

const backend = z.string().regex(backendPattern, 'is no backend name');

export const haproxyOptions = z.strictObject({
  backends: z
    .strictObject({ blue: backend, green: backend })
    .refine(({ blue, green }) => blue !== green, 'must be two different backends')
    .optional()
    .describe('Names of the two backends. Default: environment_service_blue and _green.'),
});

function isSocket(text: string): boolean {
  if (/\p{Cc}/u.test(text)) return false;
  const port = /:(?<port>\d+)$/.exec(text)?.groups?.port;
  return text.includes('/') || (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535);
}
