/** Routes about the API itself: health, readiness, the catalogue, the OpenAPI document and the page of errors. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { errorCatalogue } from '../../domain/errors.ts';
import { noQuerySchema, operations } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';
import { policyWithStyle } from '../web/answer-headers.ts';

export function serviceRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  sendDocument: (reply: FastifyReply) => FastifyReply,
): void {
  app.get(
    operations.getHealth.path,
    {
      logLevel: 'warn',
      schema: schemaOf('getHealth'),
    },
    async () => ({ ok: true }),
  );
  app.get(
    operations.getReadiness.path,
    {
      logLevel: 'warn',
      schema: schemaOf('getReadiness'),
    },
    async (_, reply) => {
      const readiness = await deps.rollouts.readiness();
      return reply.status(readiness.ready ? 200 : 503).send(readiness);
    },
  );
  app.get(
    operations.getCatalogue.path,
    {
      config: { access: 'read', areaInBody: true },
      schema: schemaOf('getCatalogue'),
    },
    async () => deps.catalogue(),
  );
  app.get('/openapi.json', { schema: { hide: true, querystring: noQuerySchema } }, async (_, reply) =>
    sendDocument(reply),
  );
  app.get('/docs/errors', { schema: { hide: true } }, async (_, reply) =>
    reply
      .header('content-security-policy', policyWithStyle(style))
      .type('text/html; charset=utf-8')
      .send(errorPage()),
  );
}

const style =
  'body{font:16px system-ui;margin:2rem}td,th{padding:.3rem .8rem;text-align:left}:target{background:#fe9}';

function errorPage(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { status, retryable, advice }]) =>
      `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${retryable ? 'yes' : 'no'}<td>${escaped(advice)}`,
  );
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors of Sluice</title>',
    `<style>${style}</style>`,
    '<h1>Errors</h1><table><tr><th>Code<th>Status<th>Try again<th>What to do',
    ...rows,
    '</table></html>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
