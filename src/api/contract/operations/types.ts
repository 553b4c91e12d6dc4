/** What an operation of the API is: a route, what may be asked and what is answered. */
import type { z } from 'zod';

export interface Operation {
  readonly method: 'GET' | 'POST';
  /** As the router writes it: `/v1/rollouts/:environment/:service`. */
  readonly path: `/${string}`;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON of a schema, or what comes instead. */
  readonly answer: z.ZodType | 'text' | 'bytes' | 'events';
  /** Of answers that are no failures. Default: 200. */
  readonly statuses?: readonly number[];
}

export type OperationTable = Readonly<Record<string, Operation>>;
