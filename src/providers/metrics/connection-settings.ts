/** What the operator sets for every metrics source that is asked over HTTP: time, credentials, further headers, TLS. */
import { z } from 'zod';
import { secretSource } from '../secret.ts';

const path = (what: string) => z.string().min(1).max(4_096).describe(`Path of a PEM file: ${what}.`);

const tlsSetting = z
  .strictObject({
    ca: path('the authorities that sign certificates of servers; default: those of the system').optional(),
    cert: path('the certificate that is shown to servers').optional(),
    key: path('the private key of that certificate').optional(),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key belong together')
  .describe('Files for TLS, read afresh for each request, so that rotation needs no restart.');
export type TlsFiles = z.infer<typeof tlsSetting>;

export const addressSetting = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

export const connectionSettings = {
  timeoutMs: z
    .number()
    .int()
    .min(1)
    .max(300_000)
    .default(5_000)
    .describe('Longest time for one request, milliseconds.'),
  authorization: secretSource
    .optional()
    .describe('Where to read the whole value of the Authorization header, for example `Bearer abc`.'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'is no header name'), z.union([z.string(), secretSource]))
    .default({})
    .describe('Further headers, for example X-Scope-OrgID: a text, or where to read it (file or env).'),
  tls: tlsSetting.optional(),
};

export interface ConnectionSettings {
  readonly timeoutMs: number;
  readonly authorization?: z.infer<typeof secretSource> | undefined;
  readonly headers: Readonly<Record<string, string | z.infer<typeof secretSource>>>;
  readonly tls?: TlsFiles | undefined;
}

/** Certificates that no connection would ever show are a mistake of whoever set them. */
export function tlsNeedsHttps(
  urls: readonly string[],
  tls: TlsFiles | undefined,
): { readonly message: string; readonly path: string[] } | null {
  if (tls === undefined || urls.every((url) => url.startsWith('https:'))) return null;
  return { message: 'tls needs an https address', path: ['tls'] };
}
