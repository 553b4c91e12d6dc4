/** Routes about sessions of browsers: everybody sees and ends their own, an admin of everything anybody's. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { allows, everywhere } from '../../domain/access/grants.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { BrowserLogin } from '../access/browser-login.ts';
import type { AskedOnce } from '../access/endings.ts';
import { need, type Principal } from '../access/principal.ts';
import type { KeptSession, SessionBook } from '../access/session-book.ts';
import { operations, type SessionList, type SessionQuery } from '../contract.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import { cursorOf, placeIn } from '../temporal/pages.ts';

/** Whoever has no role yet has sessions all the same. */
const config = { access: 'known' } as const;

export function sessionRoutes(root: FastifyInstance, login: BrowserLogin | null): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    operations.listSessions.path,
    { config, schema: schemaOf('listSessions') },
    async ({ principal, query }): Promise<SessionList> => {
      const whose = query.everybody === 'true' ? null : (query.name ?? principal.name);
      needOwner(principal, whose);
      const all = await bookOf(login).list();
      return pageOf(
        all.filter(({ name }) => whose === null || name === whose),
        query,
        principal,
      );
    },
  );
  app.post(operations.revokeSession.path, { config, schema: schemaOf('revokeSession') }, async (request) => {
    const { principal, params, log } = request;
    needOwner(principal, principal.name);
    const book = bookOf(login);
    const choose = async () => {
      const session = await book.find(params.session);
      if (session === null || !owns(principal, session.name)) {
        throw new SluiceError('session-not-found', `There is no session ${params.session} of yours.`);
      }
      log.info({ principal: principal.name, session: session.id, of: session.name }, 'revoking a session');
      return [session.id];
    };
    return {
      revoked: await book.endAll(choose, onceOf(principal, keyOf(request), `session ${params.session}`)),
    };
  });
  app.post(
    operations.revokeSessions.path,
    { config, schema: schemaOf('revokeSessions') },
    async (request) => {
      const { principal, body, log } = request;
      needOwner(principal, body.name);
      const book = bookOf(login);
      const theirs = async () => {
        const all = await book.list();
        return all.filter(({ name }) => name === body.name).map(({ id }) => id);
      };
      const revoked = await book.endAll(theirs, onceOf(principal, keyOf(request), `all of ${body.name}`));
      log.info({ principal: principal.name, of: body.name, revoked }, 'sessions revoked');
      return { revoked };
    },
  );
}

/** `key`: null where the request has none. */
function onceOf({ name }: Principal, key: string | null, what: string): AskedOnce | null {
  return key === null ? null : { by: name, key, what };
}

/** Null: everybody. Throws `access-refused`. */
function needOwner(principal: Principal, whose: string | null): void {
  if (principal.name !== whose) need(principal, 'admin', everywhere);
}

function owns({ name, grants }: Principal, whose: string): boolean {
  return name === whose || allows(grants, 'admin', everywhere);
}

function bookOf(login: BrowserLogin | null): SessionBook {
  const book = login?.book ?? null;
  if (book !== null) return book;
  throw new SluiceError('sessions-unconfigured', 'It is not kept here which sessions there are.');
}

function pageOf(
  sessions: readonly KeptSession[],
  { name, everybody, limit, cursor }: SessionQuery,
  { session: own }: Principal,
): SessionList {
  const filter = JSON.stringify({ name, everybody });
  const after = cursor === undefined ? null : Buffer.from(placeIn(cursor, filter).token).toString();
  const rest = sessions.filter((one) => after === null || rankOf(one) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    sessions: page.map((one) => ({ ...one, current: one.id === own?.id })),
    next: last && rest.length > page.length ? cursorOf(Buffer.from(rankOf(last)), filter) : null,
  };
}

/** In the order of the list, which has the latest first. */
function rankOf({ beganMs, id }: KeptSession): string {
  return `${String(Number.MAX_SAFE_INTEGER - beganMs).padStart(16, '0')} ${id}`;
}
