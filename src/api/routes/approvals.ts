/** Routes about what waits for people, and the links by which they may answer. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { SluiceError } from '../../domain/errors.ts';
import { same } from '../../domain/gates/override.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { Principal } from '../access/principal.ts';
import { sightOf } from '../access/sight.ts';
import { Looks } from '../approvals/looks.ts';
import { notFor, questionText } from '../approvals/question.ts';
import { waitingFor } from '../approvals/waiting.ts';
import { operations } from '../contract.ts';
import { goneSignal } from '../gone.ts';
import type { OwnChanges } from '../own-changes.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

interface ApprovalSettings {
  /** People reach the API over TLS, its own or that of a proxy. */
  readonly overTls: boolean;
  readonly own: OwnChanges;
}

export function approvalRoutes(
  root: FastifyInstance,
  { rollouts, approvals }: ApiDeps,
  { overTls, own }: ApprovalSettings,
): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const looks = new Looks(rollouts);
  app.get(
    operations.listApprovals.path,
    { config: { thinned: true }, schema: schemaOf('listApprovals') },
    (request, reply) => {
      const asked = { rollouts, looks, gone: goneSignal(reply), ...own.newEnough(request) };
      return waitingFor(asked, request.query, sightOf(request.principal));
    },
  );
  app.post(
    operations.makeApprovalLink.path,
    {
      // Whoever has the link answers in that person's name.
      config: { access: 'admin', actorIsAnother: true },
      schema: schemaOf('makeApprovalLink'),
    },
    async (request, reply) => {
      const { environment, service } = request.params;
      const { actor, validForMs } = request.body;
      const { status } = await rollouts.get(request.params);
      if (status === null)
        throw new SluiceError('worker-absent', 'No worker says now where the rollout stands.');
      const { question, startedAtMs } = status;
      if (question === undefined) {
        throw new SluiceError('command-refused', 'No approval is being asked for.');
      }
      const { principal } = request;
      if (isOwnQuestion(principal, status)) {
        const why = `${principal.name} has started this rollout, and cannot make a link that approves it`;
        throw new SluiceError('command-refused', `${why}; ask somebody else.`);
      }
      const untilMs = Date.now() + validForMs;
      const by = principal.verified ? { by: principal.name } : {};
      const ticket = { environment, service, about: question, actor, startedAtMs, untilMs, ...by };
      const { id, path } = await approvals.links.make(ticket, keyOf(request));
      // Whoever makes a link could use it, so it must be known who made which.
      request.log.warn(
        { target: `${environment}/${service}`, for: actor, by: principal.name, id },
        'approval link made',
      );
      const base = approvals.url ?? `${overTls ? 'https' : 'http'}://${request.headers.host}`;
      const url = `${base.replace(/\/$/, '')}${path}`;
      return reply.status(201).send({ url, id, actor, question: questionText(question, status), untilMs });
    },
  );
}

/** What is asked may want another person than the author, whose link would be a way around that. */
function isOwnQuestion({ name, verified }: Principal, status: RolloutStatus): boolean {
  return verified && notFor(status).some((author) => same(name, author));
}
