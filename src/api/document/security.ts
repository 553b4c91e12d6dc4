/** How the OpenAPI document says that somebody shows who they are, and which operations ask it. */
import type { RouteOptions } from 'fastify';
import { sessionCookie } from '../access/cookies.ts';
import { type Access, accessOfRoute } from '../access/routes.ts';
import { signatureHeader } from '../outside/signature.ts';

type Requirement = Readonly<Record<string, string[]>>;

export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer' },
  session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: signatureHeader,
    description: 'Of who sends events: `t=<unix>,v1=<hex>`.',
  },
} as const;

/** Of operations that say nothing else. On loopback without authentication none is asked for. */
export const security: Requirement[] = [{ bearer: [] }, { session: [] }];

const others: Partial<Record<Access, readonly Requirement[]>> = {
  open: [],
  anyone: [...security, {}],
  signed: [{ signature: [] }, { bearer: [] }],
};

/** Nothing where the route asks what all do. */
export function securityOf({ url, config, method }: RouteOptions): {
  readonly security?: readonly Requirement[];
} {
  const found = others[accessOfRoute(url, config?.access, String(method))];
  return found === undefined ? {} : { security: found };
}
