/** Serves the dashboard under `/ui/`: its files, and its one page for every path that its own router knows. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { dashboardHeaders } from './dashboard-headers.ts';

/** Names of files here carry a hash of their content, so a name never means anything else. */
const hashed = 'assets/';
const forEver = 'public, max-age=31536000, immutable';
const pathSchema = z.object({ '*': z.string() });
/** Pages tell nothing; what they show they ask for, and are asked who they are. */
const open = { config: { access: 'open' }, logLevel: 'warn', schema: { hide: true } } as const;

export async function dashboardPages(root: FastifyInstance, folder: string): Promise<void> {
  await root.register(async (app) => {
    await app.register(fastifyStatic, {
      root: folder,
      serve: false,
      cacheControl: false,
      preCompressed: true,
    });
    app.addHook('onSend', async (_request, reply) => {
      // A refusal keeps what was said of its type.
      reply.headers(dashboardHeaders);
    });
    for (const path of ['/', '/ui']) app.get(path, open, (_request, reply) => reply.redirect('/ui/'));
    app.get('/ui/*', open, (request, reply) => {
      const { '*': path } = pathSchema.parse(request.params);
      if (path.startsWith(hashed)) return reply.header('cache-control', forEver).sendFile(path);
      return reply.header('cache-control', 'no-store').sendFile('index.html');
    });
  });
}
