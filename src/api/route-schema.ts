/**
 * What the router checks and the OpenAPI document shows of an operation: made of the table, so that neither differs
 * from it.
 */
import { z } from 'zod';
import {
  idempotencyKeySchema,
  type Operation,
  type OperationName,
  type Operations,
  operations,
  problemSchema,
} from './contract.ts';

const keyHeadersSchema = z.looseObject({ 'idempotency-key': z.exactOptional(idempotencyKeySchema) });

type Answer<O> = O extends { readonly answer: infer A extends z.ZodType }
  ? { 200: A; 201: A; 202: A; '4xx': typeof problemSchema; '5xx': typeof problemSchema }
  : object;

type RouteSchema<O> = {
  operationId: string;
  tags: string[];
  summary: string;
  response: Answer<O>;
} & (O extends { readonly params: infer P } ? { params: P } : unknown) &
  (O extends { readonly query: infer Q } ? { querystring: Q } : unknown) &
  (O extends { readonly headers: infer H } ? { headers: H } : unknown) &
  (O extends { readonly body: infer B } ? { body: B; headers: typeof keyHeadersSchema } : unknown);

const mediaTypes = {
  text: ['text/markdown', 'text/html'],
  bytes: ['application/x-tar'],
  events: ['text/event-stream'],
} as const;

export function schemaOf<N extends OperationName>(name: N): RouteSchema<Operations[N]> {
  const {
    tag,
    summary,
    description,
    params,
    query,
    headers,
    body,
    answer,
    statuses = [200],
  }: Operation = operations[name];
  const success = typeof answer === 'string' ? contentOf(mediaTypes[answer]) : answer;
  const schema = {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body, headers: keyHeadersSchema }),
    response: {
      ...Object.fromEntries(statuses.map((status) => [status, success])),
      '4xx': problemSchema,
      '5xx': problemSchema,
    },
  };
  // Each part is there exactly where the table has it, which the compiler cannot follow.
  return schema as unknown as RouteSchema<Operations[N]>;
}

function contentOf(types: readonly string[]) {
  return { content: Object.fromEntries(types.map((type) => [type, { schema: z.string() }])) };
}

/** The Idempotency-Key of a request; null: it has none. */
export function keyOf(request: { readonly headers: { readonly 'idempotency-key'?: string } }): string | null {
  return request.headers['idempotency-key'] ?? null;
}
