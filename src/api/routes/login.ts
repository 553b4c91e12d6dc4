/** How a browser logs in and out: at an OpenID provider, or with an API token. What is under way the browser keeps. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { browserNameOf } from '../../domain/access/browser-name.ts';
import { home, returnPathOf } from '../../domain/access/return-path.ts';
import { SluiceError } from '../../domain/errors.ts';
import { type BrowserLogin, type LoggedIn, loginLifeMs } from '../access/browser-login.ts';
import { cookieGone, cookieOf, cookieSet, loginCookie, sessionCookie } from '../access/cookies.ts';
import { loginQuerySchema, operations } from '../contract.ts';
import type { Limiter } from '../limits/limiter.ts';
import { asSluiceError, type TellProblem } from '../problems.ts';
import { schemaOf } from '../route-schema.ts';

const callback = '/auth/callback';
const page = '/ui/login';
const unkept = { 'cache-control': 'no-store' };
/** A code is a key for a moment, so it stands in no log. */
const logSerializers = {
  req: ({ method, url }: { method: string; url: string }) => `${method} ${url.split('?')[0]}`,
};

interface LoginSettings {
  readonly overTls: boolean;
  readonly limiter: Limiter | null;
  readonly tellProblem: TellProblem;
}

export async function loginRoutes(
  root: FastifyInstance,
  login: BrowserLogin | null,
  settings: LoginSettings,
): Promise<void> {
  const { overTls, limiter } = settings;
  /** The guard has looked whether the host is one of ours. */
  const base = ({ headers }: FastifyRequest) => `${overTls ? 'https' : 'http'}://${headers.host}`;
  await root.register(async (scope) => providerRoutes(scope, login, { ...settings, base }), {
    logSerializers,
  });
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    operations.loginWithToken.path,
    { config: { access: 'open' }, schema: schemaOf('loginWithToken') },
    async (request, reply) => {
      const some = configured(login);
      const browser = browserNameOf(request.headers['user-agent']);
      const { principal, session } = await some
        .withToken(request.body.token, browser)
        .catch((error: unknown) => {
          limiter?.spend('failures', request, reply);
          throw error;
        });
      tellLogin(request, { principal, session }, 'token');
      return reply
        .headers({ ...unkept, 'set-cookie': cookieSet(sessionCookie, session, some.sessionLifeMs) })
        .send({ actor: principal.name, untilMs: Date.now() + some.sessionLifeMs });
    },
  );
  app.post(
    operations.logOut.path,
    { config: { access: 'anyone' }, schema: schemaOf('logOut') },
    async ({ principal }, reply) => {
      // This browser forgets it also where the book cannot be written.
      reply.headers({ ...unkept, 'set-cookie': [cookieGone(sessionCookie), cookieGone(loginCookie)] });
      const id = principal.session?.id ?? null;
      if (id !== null) await login?.book?.end(id);
      return reply.send({ loggedOut: true as const });
    },
  );
}

interface ProviderSettings extends LoginSettings {
  readonly base: (request: FastifyRequest) => string;
}

function providerRoutes(root: FastifyInstance, login: BrowserLogin | null, settings: ProviderSettings): void {
  const { base } = settings;
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/auth/login',
    { config: { access: 'open' }, schema: { hide: true, querystring: loginQuerySchema } },
    async (request, reply) => {
      const { issuer, return: wanted } = request.query;
      const { url, cookie } = await configured(login).begin(
        issuer,
        `${base(request)}${callback}`,
        returnPathOf(wanted),
      );
      return reply
        .headers({ ...unkept, 'set-cookie': cookieSet(loginCookie, cookie, loginLifeMs) })
        .redirect(url, 303);
    },
  );
  app.get(
    callback,
    // What the provider sends along is checked against what the browser kept.
    { config: { access: 'open' }, schema: { hide: true } },
    (request, reply) => finish(configured(login), settings, request, reply),
  );
}

async function finish(
  login: BrowserLogin,
  { base, limiter, tellProblem }: ProviderSettings,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const cookie = cookieOf(request.headers.cookie, loginCookie);
  const underWay = cookie === null ? null : await login.underWay(cookie);
  // However it ends, the same login ends only once in this browser.
  const ended = cookieGone(loginCookie);
  try {
    if (underWay === null) throw new SluiceError('login-refused', 'No login is under way in this browser.');
    const done = await login.finish(
      new URL(request.url, base(request)),
      underWay,
      browserNameOf(request.headers['user-agent']),
    );
    tellLogin(request, done, underWay.issuer);
    const set = [ended, cookieSet(sessionCookie, done.session, login.sessionLifeMs)];
    return reply.headers({ ...unkept, 'set-cookie': set }).redirect(underWay.returnTo, 303);
  } catch (error) {
    reply.headers({ ...unkept, 'set-cookie': ended });
    if (asSluiceError(error).code === 'login-refused') limiter?.spend('failures', request, reply);
    const { code } = tellProblem(request, error);
    const query = new URLSearchParams({ failed: code, return: underWay?.returnTo ?? home });
    return reply.redirect(`${page}?${query}`, 303);
  }
}

function configured(login: BrowserLogin | null): BrowserLogin {
  if (login !== null) return login;
  throw new SluiceError('login-unconfigured', 'Nobody can log in here with a browser.');
}

function tellLogin(request: FastifyRequest, { principal }: LoggedIn, by: string): void {
  request.log.info({ principal: principal.name, by }, 'logged in');
}
