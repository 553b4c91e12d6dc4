/** Turns everything that can go wrong into problem details; what is unexpected is logged and never shown. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, messageOf, type Problem, SluiceError } from '../domain/errors.ts';
import { RefusalLog } from './access/refusal-log.ts';
import { type ProblemDetails, problemMediaType, problemTypeOf, titleOf } from './contract.ts';
import { methodsFor } from './route-table.ts';
import { invalid } from './validation.ts';

/** Seconds after which a client may try again what is retryable. */
const retryAfterSeconds = '2';

interface ProblemSettings {
  readonly onProblem: (code: ErrorCode) => void;
  /** Where people log in; null: they cannot. */
  readonly loginPage: string | null;
}

/** Counts what went wrong and logs what is to be logged of it; the answer is the caller's. */
export type TellProblem = (request: FastifyRequest, error: unknown) => SluiceError;

/** `watchRoutes` must have been called. What it returns is for routes that answer problems in a form of their own. */
export function answerProblems(app: FastifyInstance, { onProblem, loginPage }: ProblemSettings): TellProblem {
  const answer = (request: FastifyRequest, reply: FastifyReply, error: SluiceError) => {
    onProblem(error.code);
    return sendProblem(request, reply, error);
  };
  const refusals = new RefusalLog();
  const tell: TellProblem = (request, error) => {
    const known = asSluiceError(error);
    onProblem(known.code);
    refusals.take(request, known);
    if (known.status >= 500 && !known.retryable) request.log.error({ err: error }, 'request failed');
    else if (known.status >= 500) request.log.warn({ err: error }, 'request could not be served now');
    return known;
  };
  app.setErrorHandler((error, request, reply) => {
    const known = tell(request, error);
    if (loginPage !== null && known.code === 'unauthenticated' && isVisit(request)) {
      const query = new URLSearchParams({ return: request.url });
      return reply.header('cache-control', 'no-store').redirect(`${loginPage}?${query}`, 303);
    }
    return sendProblem(request, reply, known);
  });
  const answerMissing = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = methodsFor(app.routeTable, path);
    // A path of that method may still name what is not there, such as a file.
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return answer(request, reply, new SluiceError('not-found', `There is no ${path}.`));
    }
    const detail = `${path} does not accept ${request.method}; it accepts ${allowed.join(', ')}.`;
    return answer(
      request,
      reply.header('allow', allowed.join(', ')),
      new SluiceError('method-not-allowed', detail),
    );
  };
  app.setNotFoundHandler(answerMissing);
  // Nothing of its body matters, so nothing is said of it.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) return answerMissing(request, reply);
  });
  return tell;
}

/** Somebody opens a document, such as a report, by a link: from another site, no session comes along. */
function isVisit({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && url.startsWith('/v1/') && headers['sec-fetch-mode'] === 'navigate';
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: SluiceError): FastifyReply {
  if (error.retryable && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfterSeconds);
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="sluice"');
  return reply
    .status(error.status)
    .header('cache-control', 'no-store')
    .type(problemMediaType)
    .send(JSON.stringify(problemOf(error, request.id)));
}

export function problemOf(error: SluiceError, requestId: string): ProblemDetails {
  return {
    type: problemTypeOf(error.code),
    title: titleOf(error.code),
    status: error.status,
    detail: error.message,
    code: error.code,
    advice: error.advice,
    problems: [...error.problems],
    details: { ...error.details },
    requestId,
  };
}

/** The codes of Fastify's own refusals. What it calls a server error is ours to hide. */
const byStatus: Readonly<Record<number, ErrorCode>> = {
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'body-too-large',
  415: 'media-type-unsupported',
};

/** What Fastify refuses of a request, in our words and with the part at fault. */
const faults: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: {
    path: 'path',
    message: 'must be UTF-8, with two hexadecimal digits after each percent sign',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    path: 'body',
    message: 'must be JSON, without keys that nobody may set, such as __proto__',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    path: 'header.content-length',
    message: 'is not the length of the body',
  },
};

export function asSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const fault = faultOf(error);
  if (fault !== undefined) return invalid([fault]);
  const status = statusOf(error);
  if (status >= 400 && status < 500) {
    return new SluiceError(byStatus[status] ?? 'request-invalid', messageOf(error), { cause: error });
  }
  return new SluiceError('internal', 'Something unexpected went wrong inside the API.', { cause: error });
}

function faultOf(error: unknown): Problem | undefined {
  const coded = typeof error === 'object' && error !== null && 'code' in error;
  return coded ? faults[String(error.code)] : undefined;
}

function statusOf(error: unknown): number {
  const named =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null;
  return typeof named === 'number' ? named : 500;
}
