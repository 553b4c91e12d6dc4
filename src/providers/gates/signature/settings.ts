/** What a plan asks of a signature, and what the operator says of signers, builders and registries. */
import { z } from 'zod';
import { registrySettings } from '../registry/client.ts';
import { oneSource, reportPath, reportSettings } from '../reports/source.ts';
import { signerSchema } from './signers.ts';

const name = z.string().min(1).max(63);

export const options = z.strictObject({
  signers: z
    .array(name)
    .min(1)
    .max(20)
    .optional()
    .describe('Which of the signers count; one of them is enough. Default: all.'),
  level: z
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe(
      "0: a signature is enough. 1 to 3: signed provenance of a builder that is trusted for that level of SLSA's build track.",
    ),
  bundle: reportPath
    .optional()
    .describe('Path of a Sigstore bundle. Default: what the registry holds beside the image.'),
});

const builder = z.strictObject({
  id: z.string().min(1).max(500),
  level: z.int().min(1).max(3),
  signers: z.array(name).min(1).optional().describe('Signers who may speak for it. Default: any.'),
});

export const settings = z
  .strictObject({
    ...registrySettings,
    ...reportSettings,
    signers: z
      .record(name, signerSchema)
      .refine((signers) => Object.keys(signers).length > 0, 'needs at least one signer')
      .describe('Who may sign, by name: a key, or an issuer and a subject.'),
    trustedRoot: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File with the certificate authorities and logs that are trusted, as Sigstore distributes it (trusted_root.json).',
      ),
    builders: z
      .array(builder)
      .max(100)
      .default([])
      .describe(
        'Builders that are trusted, and up to which level; `*` at the end of an id means all that begin so.',
      ),
    forge: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .default('https://github.com')
      .describe('Before artifact.repository, it makes the address of the source.'),
  })
  .refine(
    (given) => (given.directory === undefined && given.url === undefined) || oneSource(given),
    'needs no more than one of directory and url',
  );

export type SignatureSettings = z.output<typeof settings>;
export type Asked = z.output<typeof options>;
