/** Remembers which methods each path has, so that a wrong method gets 405 with what is allowed, not 404. */
import type { FastifyInstance } from 'fastify';

export interface RouteTable {
  readonly entries: { readonly method: string; readonly url: string; readonly pattern: RegExp }[];
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly routeTable: RouteTable;
  }
}

/** Must be called before the routes are declared. */
export function watchRoutes(app: FastifyInstance): void {
  const table: RouteTable = { entries: [] };
  app.decorate('routeTable', table);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) table.entries.push({ method: one, url, pattern: patternOf(url) });
  });
}

export function methodsFor(table: RouteTable, path: string): string[] {
  const methods = table.entries.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return [...new Set(methods)].sort();
}

/** As people write a route, without what a parameter says of itself to the router: its name in metrics and traces. */
export function templateOf(url: string): string {
  return url.replace(/\(\^?.*?\$?\)(?=\/|$)/g, '');
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    // A parameter may say by itself what it takes.
    if (part.startsWith(':')) return /\(\^?(.*?)\$?\)$/.exec(part)?.[1]?.replace(/.*/s, '(?:$&)') ?? '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
