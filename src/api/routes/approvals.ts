/** Routes about what waits for people, and the links by which they may answer. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { SluiceError } from '../../domain/errors.ts';
import { questionText } from '../approvals/question.ts';
import { waitingFor } from '../approvals/waiting.ts';
import {
  linkBodySchema,
  linkSchema,
  noQuerySchema,
  problemSchema,
  targetParamsSchema,
  waitingListSchema,
  waitingQuerySchema,
} from '../contract.ts';
import type { ApiDeps } from '../service.ts';

const problems = { '4xx': problemSchema, '5xx': problemSchema };
const tags = ['approvals'];

export function approvalRoutes(root: FastifyInstance, { rollouts, approvals }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/v1/approvals',
    {
      schema: {
        tags,
        summary: 'What waits for a yes or a no, and of whom',
        querystring: waitingQuerySchema,
        response: { 200: waitingListSchema, ...problems },
      },
    },
    (request) => waitingFor(rollouts, request.query),
  );
  app.post(
    '/v1/rollouts/:environment/:service/approval-links',
    {
      // Whoever has the link answers in that person's name.
      config: { access: 'admin', actorIsAnother: true },
      schema: {
        tags,
        summary: 'Make a link by which one person answers what is asked now, once',
        params: targetParamsSchema,
        querystring: noQuerySchema,
        body: linkBodySchema,
        response: { 201: linkSchema, ...problems },
      },
    },
    async (request, reply) => {
      const { environment, service } = request.params;
      const { actor, validForMs } = request.body;
      const { status } = await rollouts.get(request.params);
      if (status === null)
        throw new SluiceError('worker-absent', 'The rollout gives no account of itself now.');
      const { question, startedAtMs } = status;
      if (question === undefined) {
        throw new SluiceError('command-refused', 'No approval is being asked for.');
      }
      const untilMs = Date.now() + validForMs;
      const ticket = { environment, service, about: question, actor, startedAtMs, untilMs };
      const { id, path } = await approvals.links.make(ticket);
      const base = approvals.url ?? `http://${request.host}`;
      const url = `${base.replace(/\/$/, '')}${path}`;
      return reply.status(201).send({ url, id, actor, question: questionText(question, status), untilMs });
    },
  );
}
