/** What an operator sets of an S3-compatible store. */
import { z } from 'zod';
import { secretSource } from '../secret.ts';

const prefix = z
  .string()
  .regex(/^(\w[\w.-]*\/)*$/, 'must be empty or end with a slash; its parts begin with a letter or digit');

export const s3Settings = z
  .strictObject({
    type: z.literal('s3'),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .exactOptional()
      .describe('Default: that of AWS in the region.'),
    region: z.string().min(1).max(64).default('us-east-1'),
    bucket: z.string().min(1).max(255),
    prefix: prefix.default('').describe('What all keys begin with.'),
    pathStyle: z
      .boolean()
      .exactOptional()
      .describe('The bucket in the path rather than in the host. Default: where an endpoint is set.'),
    accessKeyId: secretSource.exactOptional(),
    secretAccessKey: secretSource
      .exactOptional()
      .describe(
        'With accessKeyId. Default of both: as the AWS SDK finds them (role, web identity, variables).',
      ),
  })
  .refine(
    ({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined),
    'accessKeyId and secretAccessKey go together',
  );

export type S3Settings = z.output<typeof s3Settings>;
