/**
 * The pages behind approval links. Looking changes nothing, so that whatever previews links approves nothing; only a
 * POST does.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { linkFault } from '../../domain/gates/approval-link.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { ApprovalTicket } from '../../providers/approval-links.ts';
import { messagePage, pageHeaders, questionPage } from '../approvals/page.ts';
import { reasonSchema } from '../contract/text.ts';
import { limitSigned } from '../limits/limit-requests.ts';
import type { Limiter } from '../limits/limiter.ts';
import type { TellProblem } from '../problems.ts';
import type { ApiDeps } from '../service.ts';

/** Longer than a named part of a path may be. */
const path = '/approvals/*';
const tokenOf = z.object({ '*': z.string().max(4096) });
const answerOf = z.object({
  answer: z.enum(['approve', 'reject']),
  reason: reasonSchema.default(''),
});

/** A link is a key, so it stands in no log. */
const logSerializers = { req: ({ method }: { method: string }) => `${method} ${path}` };

/** As what they count, by the status of the page. */
const codes = { 400: 'request-invalid', 403: 'signature-invalid', 410: 'signature-expired' } as const;

/** What is wrong with a link, as its page shows it. */
class LinkRefused extends Error {
  readonly status: keyof typeof codes;
  constructor(status: keyof typeof codes, message: string) {
    super(message);
    this.status = status;
  }
}

export async function approvalPages(
  root: FastifyInstance,
  deps: ApiDeps,
  { limiter, tellProblem }: { readonly limiter: Limiter | null; readonly tellProblem: TellProblem },
): Promise<void> {
  await root.register(
    async (app) => {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
      );
      app.setErrorHandler((error, request, reply) => refuse(error, request, reply, tellProblem));
      app.get(path, { config: { access: 'signed' }, schema: { hide: true } }, async (request, reply) => {
        const ticket = await readTicket(deps, request).catch((error: unknown) => {
          limiter?.spend('failures', request, reply);
          throw error;
        });
        const status = await look(deps, ticket);
        return send(reply, 200, questionPage(ticket, status));
      });
      app.post(path, { config: { access: 'signed' }, schema: { hide: true } }, async (request, reply) => {
        const ticket = await limitSigned(limiter, request, reply, () => readTicket(deps, request));
        await look(deps, ticket);
        const { answer, reason } = readAnswer(request.body);
        const { environment, service, actor, id, about, startedAtMs, untilMs, by } = ticket;
        await deps.rollouts.command(
          { environment, service },
          {
            name: answer,
            actor,
            requestId: `link-${id}`,
            link: { id, about, startedAtMs, untilMs, ...(by === undefined ? {} : { by }) },
            ...(reason === '' ? {} : { reason }),
          },
        );
        const done = answer === 'approve' ? 'Approved' : 'Rejected';
        return send(reply, 200, messagePage(done, `${done} by ${actor}. This link cannot be used again.`));
      });
    },
    { logSerializers },
  );
}

async function readTicket({ approvals }: ApiDeps, request: FastifyRequest): Promise<ApprovalTicket> {
  const token = tokenOf.safeParse(request.params);
  // What is that long was not made here.
  if (!token.success) throw new LinkRefused(403, 'This link was not made here. Ask for a new one.');
  const reading = await approvals.links.read(token.data['*']);
  if (!reading.ok) throw new LinkRefused(403, `${reading.problem} Ask for a new one.`);
  return reading.ticket;
}

/** What the link is about, if it is still good. The rollout looks once more, at the moment of the answer. */
async function look({ rollouts }: ApiDeps, ticket: ApprovalTicket): Promise<RolloutStatus> {
  const { status } = await rollouts.get({ environment: ticket.environment, service: ticket.service });
  if (status === null) throw new SluiceError('worker-absent', 'No worker says now where the rollout stands.');
  const { startedAtMs, usedLinks = [], question = null } = status;
  const fault = linkFault({ startedAtMs, usedLinks, question }, ticket, Date.now());
  if (fault !== null)
    throw new LinkRefused(410, `${fault.charAt(0).toUpperCase()}${fault.slice(1)}. Nothing was changed.`);
  return status;
}

function readAnswer(body: unknown): z.output<typeof answerOf> {
  const reading = answerOf.safeParse(body);
  if (reading.success) return reading.data;
  throw new LinkRefused(
    400,
    'Choose Approve or Reject; a reason has at most 500 characters. Nothing was changed.',
  );
}

function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  tellProblem: TellProblem,
): FastifyReply {
  if (error instanceof LinkRefused) {
    tellProblem(request, new SluiceError(codes[error.status], error.message));
    return send(reply, error.status, messagePage('This link cannot be used', error.message));
  }
  const known = tellProblem(request, error);
  return send(reply, known.status, messagePage('That was not possible', `${known.message} ${known.advice}`));
}

function send(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.status(status).headers(pageHeaders).type('text/html; charset=utf-8').send(html);
}
