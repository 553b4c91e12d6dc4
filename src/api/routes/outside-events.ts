/** The route for events from outside. It keeps its body as it came, since that is what was signed. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { targetOf } from '../../domain/plan/types.ts';
import { operations } from '../contract.ts';
import { limitSigned } from '../limits/limit-requests.ts';
import type { Limiter } from '../limits/limiter.ts';
import { readDelivery } from '../outside/delivery.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';
import { validatorCompiler } from '../validation.ts';

export async function outsideEventRoutes(
  root: FastifyInstance,
  deps: ApiDeps,
  limiter: Limiter | null,
): Promise<void> {
  await root.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    // The schema of the body is for the document: nothing of it is looked at before its sender is known.
    scope.setValidatorCompiler<z.ZodType>((part) =>
      part.httpPart === 'body' ? (value) => ({ value }) : validatorCompiler(part),
    );
    const app = scope.withTypeProvider<ZodTypeProvider>();
    app.post(
      operations.sendEvent.path,
      {
        config: { access: 'signed' },
        schema: schemaOf('sendEvent'),
      },
      async (request, reply) => {
        const body: unknown = request.body;
        const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const target = targetOf(request.params);
        const event = await limitSigned(limiter, request, reply, () =>
          readDelivery(request.headers, raw, { keys: deps.eventKeys, target, nowMs: Date.now() }),
        );
        const answer = await deps.rollouts.event(request.params, event);
        return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
      },
    );
  });
}
