/** The remote codec of Temporal's UI and CLI: what they show is opened here, for whoever may read everything. */
import type { Payload } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { SluiceError } from '../../domain/errors.ts';
import { operations, type Payloads } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

/** The payloads of one page of a history. */
const bodyLimit = 8 * 1024 * 1024;

export function payloadRoutes(root: FastifyInstance, { codec }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const remote = () => {
    if (codec !== null) return codec;
    throw new SluiceError('encryption-off', 'This Sluice does not encrypt what Temporal keeps.');
  };
  const options = { bodyLimit, config: { access: 'read' as const } };
  app.post(
    operations.decodePayloads.path,
    { ...options, schema: schemaOf('decodePayloads') },
    async ({ body }) => textOf(await remote().decode(bytesOf(body))),
  );
  app.post(
    operations.encodePayloads.path,
    { ...options, schema: schemaOf('encodePayloads') },
    async ({ body }) => textOf(await remote().encode(bytesOf(body))),
  );
}

function bytesOf({ payloads }: Payloads): Payload[] {
  return payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data, 'base64'),
  }));
}

function textOf(payloads: Payload[]): Payloads {
  return {
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
      data: Buffer.from(data ?? []).toString('base64'),
    })),
  };
}
