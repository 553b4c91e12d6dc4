/**
 * Opens the payloads in Temporal's raw answers: histories, memos, heartbeats. The SDK does so only for what it decodes
 * itself.
 */
import type { ConnectionLike } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { opened } from './codec.ts';
import type { KeyRing } from './keys.ts';
import { sealedWith } from './seal.ts';

const history = 'getWorkflowExecutionHistory';
const answersWithPayloads = ['describeWorkflowExecution', history, 'listWorkflowExecutions'] as const;

/** What becomes of a payload whose key is not at hand: it is left as it is, or `payload-key-missing` is thrown. */
type WithoutKey = 'left' | 'needed';

type Opening = Pick<KeyRing, 'byId'>;

/** The same connection, whose answers can be read. */
export function readableConnection<C extends ConnectionLike>(connection: C, ring: Opening): C {
  const service = connection.workflowService;
  // Without any key nothing can be opened, so only that a whole history is needed is worth a look.
  const methods = ring.byId.size === 0 ? ([history] as const) : answersWithPayloads;
  const readable = Object.create(
    service,
    Object.fromEntries(
      methods.map((method) => [
        method,
        {
          value: async (request: object) => {
            const answer = await Reflect.apply(service[method], service, [request]);
            // All of a history is needed. Which workflows there are must be told whatever one of them was sealed with.
            openAll(answer, ring, method === history ? 'needed' : 'left');
            return answer;
          },
        },
      ]),
    ),
  );
  return Object.create(connection, { workflowService: { value: readable } });
}

/** Opens every sealed payload within, in place. */
export function openAll(value: unknown, ring: Opening, withoutKey: WithoutKey): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const payload = 'metadata' in value && 'data' in value ? payloadSchema.safeParse(value) : null;
  if (!payload?.success) for (const one of Object.values(value)) openAll(one, ring, withoutKey);
  else if (withoutKey === 'needed' || hasKeyOf(payload.data, ring))
    Object.assign(value, opened(payload.data, ring));
}

function hasKeyOf(payload: Payload, ring: Opening): boolean {
  const id = sealedWith(payload);
  return id === null || ring.byId.has(id);
}

const payloadSchema = z.object({
  metadata: z.record(z.string(), z.instanceof(Uint8Array)),
  data: z.instanceof(Uint8Array),
});
