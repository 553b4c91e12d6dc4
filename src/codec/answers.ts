/** Opens the payloads in Temporal's raw answers: histories, memos, heartbeats. The SDK does so only for what it decodes itself. */
import type { ConnectionLike } from '@temporalio/client';
import { z } from 'zod';
import { opened } from './codec.ts';
import type { KeyRing } from './keys.ts';

const answersWithPayloads = [
  'describeWorkflowExecution',
  'getWorkflowExecutionHistory',
  'listWorkflowExecutions',
] as const;

/** The same connection, whose answers can be read. */
export function readableConnection<C extends ConnectionLike>(connection: C, ring: KeyRing): C {
  const service = connection.workflowService;
  const readable = Object.create(
    service,
    Object.fromEntries(
      answersWithPayloads.map((method) => [
        method,
        {
          value: async (request: object) => {
            const answer = await Reflect.apply(service[method], service, [request]);
            openAll(answer, ring);
            return answer;
          },
        },
      ]),
    ),
  );
  return Object.create(connection, { workflowService: { value: readable } });
}

/** Opens every sealed payload within, in place. Throws `payload-key-missing`. */
export function openAll(value: unknown, ring: KeyRing): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const payload = 'metadata' in value && 'data' in value ? payloadSchema.safeParse(value) : null;
  if (payload?.success) Object.assign(value, opened(payload.data, ring));
  else for (const one of Object.values(value)) openAll(one, ring);
}

const payloadSchema = z.object({
  metadata: z.record(z.string(), z.instanceof(Uint8Array)),
  data: z.instanceof(Uint8Array),
});
