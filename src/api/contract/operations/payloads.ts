/** Operations for Temporal's UI and CLI, where what Temporal keeps is encrypted. */
import { payloadsSchema } from '../payloads.ts';
import { noQuerySchema } from '../rollouts.ts';
import type { OperationTable } from './types.ts';

export const payloadOperations = {
  decodePayloads: {
    method: 'POST',
    path: '/v1/codec/decode',
    tag: 'service',
    summary: "Decrypt payloads, as Temporal's remote codec",
    query: noQuerySchema,
    body: payloadsSchema,
    answer: payloadsSchema,
    errors: ['encryption-off', 'payload-key-missing'],
  },
  encodePayloads: {
    method: 'POST',
    path: '/v1/codec/encode',
    tag: 'service',
    summary: "Encrypt payloads, as Temporal's remote codec",
    query: noQuerySchema,
    body: payloadsSchema,
    answer: payloadsSchema,
    errors: ['encryption-off'],
  },
} as const satisfies OperationTable;
