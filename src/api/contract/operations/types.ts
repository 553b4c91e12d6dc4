/** What an operation of the API is: a route, what may be asked and what is answered. */
import type { z } from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';

export interface Operation {
  readonly method: 'GET' | 'POST';
  /** As the router writes it: `/v1/rollouts/:environment/:service`. */
  readonly path: `/${string}`;
  /** Under which it stands in the document. */
  readonly tag: string;
  /** What it does, in one line. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Those that are checked, besides `Idempotency-Key`. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON of a schema, or what comes instead. */
  readonly answer: z.ZodType | 'text' | 'bytes' | 'events';
  /** Of answers that are no failures. Default: 200. */
  readonly statuses?: readonly number[];
  /** How it may be refused, beside what every operation has in common. */
  readonly errors: readonly ErrorCode[];
}

export type OperationTable = Readonly<Record<string, Operation>>;
