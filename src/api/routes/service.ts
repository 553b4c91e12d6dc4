/** Routes about the API itself: health, readiness, the catalogue, the OpenAPI document and the page of errors. */
import type { FastifyInstance } from 'fastify';
import { errorCatalogue } from '../../domain/errors.ts';
import { catalogueSchema, healthSchema, noQuerySchema, problemSchema, readinessSchema } from '../contract.ts';
import type { ApiDeps } from '../service.ts';

export function serviceRoutes(app: FastifyInstance, deps: ApiDeps): void {
  app.get(
    '/healthz',
    {
      logLevel: 'warn',
      schema: {
        tags: ['service'],
        summary: 'Whether the process answers',
        querystring: noQuerySchema,
        response: { 200: healthSchema },
      },
    },
    async () => ({ ok: true }),
  );
  app.get(
    '/readyz',
    {
      logLevel: 'warn',
      schema: {
        tags: ['service'],
        summary: 'Whether rollouts can be started and steered',
        querystring: noQuerySchema,
        response: { 200: readinessSchema, 503: readinessSchema },
      },
    },
    async (_, reply) => {
      const readiness = await deps.rollouts.readiness();
      return reply.status(readiness.ready ? 200 : 503).send(readiness);
    },
  );
  app.get(
    '/v1/catalogue',
    {
      config: { access: 'read', areaInBody: true },
      schema: {
        tags: ['plans'],
        summary: 'Providers, checks and presets that a plan may name, each with its schema',
        querystring: noQuerySchema,
        response: { 200: catalogueSchema, '4xx': problemSchema },
      },
    },
    async () => deps.catalogue(),
  );
  app.get('/openapi.json', { schema: { hide: true, querystring: noQuerySchema } }, async () => app.swagger());
  app.get('/docs/errors', { schema: { hide: true } }, async (_, reply) =>
    reply.type('text/html; charset=utf-8').send(errorPage()),
  );
}

function errorPage(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { status, retryable, advice }]) =>
      `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${retryable ? 'yes' : 'no'}<td>${escaped(advice)}`,
  );
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors of Sluice</title>',
    '<style>body{font:16px system-ui;margin:2rem}td,th{padding:.3rem .8rem;text-align:left}:target{background:#fe9}</style>',
    '<h1>Errors</h1><table><tr><th>Code<th>Status<th>Try again<th>What to do',
    ...rows,
    '</table></html>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
