/** Links by which people approve from chat and mail, and the list of what waits for whom. */
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AppOptions, createApp } from '../../../src/api/app.ts';
import { linkSchema, type RolloutView, waitingListSchema } from '../../../src/api/contract.ts';
import { budgetsOf } from '../../../src/api/limits/budgets.ts';
import { loggedPath } from '../../../src/api/request-log.ts';
import type { RolloutService } from '../../../src/api/service.ts';
import { everything } from '../../../src/domain/access/grants.ts';
import type { GateReport } from '../../../src/domain/gates/types.ts';
import type { RolloutStatus } from '../../../src/domain/rollout/status.ts';
import { approvalLinks } from '../../../src/providers/approval-links.ts';
import { liveOf, verdictOf } from './board/rows.ts';
import { failing, fakeDeps, fakeRollouts, viewOf } from './fakes.ts';

const gate: GateReport = {
  name: 'captain',
  gate: 'approval',
  type: 'approval',
  place: 'start',
  answer: 'hold',
  reason: 'needs 2 approvals <b>of captain</b>',
  facts: { needed: 2, counted: ['cid'], waitsFor: ['bob', 'ann'] },
  reports: [],
  atMs: 1,
};
const asking: Partial<RolloutStatus> = {
  phase: 'gating',
  question: 'gate:start',
  author: 'ann',
  gates: [gate],
};

let app: FastifyInstance | undefined;
let logged: string[] = [];
beforeEach(() => {
  vi.stubEnv('LINKS', 'a secret of sixteen or more');
  logged = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await app?.close();
});

async function serve(
  status: Partial<RolloutStatus> = asking,
  overrides: Partial<RolloutService> = {},
  url: string | null = null,
  options: Pick<AppOptions, 'authenticate' | 'tlsInFront' | 'budgets'> = {},
) {
  const current = { status };
  const rollouts = fakeRollouts({
    get: async () => viewOf(current.status),
    command: async () => ({ accepted: true, via: 'update', status: null }),
    ...overrides,
  });
  const deps = {
    ...fakeDeps(rollouts),
    approvals: { links: approvalLinks({ secret: { env: 'LINKS' } }), url },
  };
  const stream = { write: (line: string) => void logged.push(line) };
  app = await createApp(deps, {
    logger: pino({ level: 'trace' }, stream),
    ...options,
  });
  return { app, rollouts, current };
}

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

async function linkFor(actor: string, validForMs = 3_600_000) {
  const answer = await app?.inject({
    method: 'POST',
    url: '/v1/rollouts/demo/shop/approval-links',
    headers: json,
    payload: { actor, validForMs },
  });
  const link = linkSchema.parse(answer?.json());
  return { ...link, path: new URL(link.url).pathname };
}

test('a link shows all that is approved, as a page without script, and looking changes nothing', async () => {
  const { app, rollouts } = await serve();
  const { path, url, untilMs } = await linkFor('bob');
  expect(url).toMatch(/^http:\/\/localhost/);
  for (const method of ['GET', 'HEAD'] as const) {
    const page = await app.inject({ method, url: path });
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  }
  const { body } = await app.inject({ method: 'GET', url: path });
  const until = `${new Date(untilMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  for (const part of ['shop', 'v2', 'demo', 'ann', 'bob', until, '10 %', 'captain', 'needs 2 approvals'])
    expect(body).toContain(part);
  expect(body).toContain('<html lang="en">');
  expect(body).toContain('<label for="reason">');
  expect(body).toContain('&lt;b&gt;of captain');
  expect(body).not.toMatch(/<script|<b>|javascript:|onclick/);
  expect(rollouts.calls.filter(({ method }) => method === 'command')).toEqual([]);
});

test('only a POST answers: in the name of whom the link is for, with what the rollout needs to take it once', async () => {
  const { app, rollouts } = await serve();
  const { path, id, untilMs } = await linkFor('bob');
  const answer = await app.inject({
    method: 'POST',
    url: path,
    headers: form,
    payload: 'answer=approve&reason=looks+good',
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain('Approved by bob');
  expect(rollouts.calls.at(-1)?.args).toEqual([
    { environment: 'demo', service: 'shop' },
    {
      name: 'approve',
      actor: 'bob',
      reason: 'looks good',
      requestId: `link-${id}`,
      link: { id, about: 'gate:start', startedAtMs: 1000, untilMs },
    },
  ]);
});

test.each([
  ['used', { usedLinks: ['ID'] }, 410, 'has been used'],
  ['of an earlier rollout', { startedAtMs: 2000 }, 410, 'another rollout'],
  ['whose question is over', { question: 'stage:0' }, 410, 'not asked any more'],
] as const)(
  'a link that is %s gets a clear page, whether it is looked at or sent',
  async (_name, change, status, why) => {
    const { app, current, rollouts } = await serve();
    const { path, id } = await linkFor('bob');
    current.status = JSON.parse(JSON.stringify({ ...asking, ...change }).replace('ID', id));
    for (const request of [
      { method: 'GET' },
      { method: 'POST', headers: form, payload: 'answer=approve' },
    ] as const) {
      const page = await app.inject({ ...request, url: path });
      expect(page.statusCode).toBe(status);
      expect(page.body).toContain(why);
      expect(page.body).not.toContain('<form');
    }
    expect(rollouts.calls.filter(({ method }) => method === 'command')).toEqual([]);
  },
);

test('an expired, a changed and a cut link count for nothing', async () => {
  const { app } = await serve();
  const { path, untilMs } = await linkFor('bob', 60_000);
  const [body = '', mac = ''] = path.slice('/approvals/'.length).split('.');
  const other = Buffer.from(body, 'base64url').toString().replace('bob', 'eve');
  const changed = `${Buffer.from(other).toString('base64url')}.${mac}`;
  for (const token of [
    changed,
    body,
    `${body}.`,
    `${body}.${mac.slice(1)}`,
    `${body}.${mac}.x`,
    'nonsense',
  ]) {
    expect((await app.inject({ method: 'GET', url: `/approvals/${token}` })).statusCode, token).toBe(403);
  }
  vi.useFakeTimers({ now: untilMs, toFake: ['Date'] });
  const late = await app.inject({ method: 'GET', url: path });
  vi.useRealTimers();
  expect([late.statusCode, late.body]).toEqual([410, expect.stringContaining('has expired')]);
});

test('an answer that makes no sense, and one that the rollout refuses, are told', async () => {
  const { app } = await serve(asking, {
    command: failing('command-refused', 'The rollout refused: ann has started it.'),
  });
  const { path } = await linkFor('ann');
  const post = (payload: string, headers = form) =>
    app.inject({ method: 'POST', url: path, headers, payload });
  expect((await post('answer=maybe')).statusCode).toBe(400);
  expect((await post('{}', json)).statusCode).toBe(415);
  const refused = await post('answer=approve');
  expect([refused.statusCode, refused.body]).toEqual([409, expect.stringContaining('ann has started it')]);
});

test('who makes a link, and which are refused, stands in the log', async () => {
  const { app } = await serve();
  const { id } = await linkFor('bob');
  const long = await app.inject({ method: 'GET', url: `/approvals/${'x'.repeat(5_000)}` });
  expect(long.statusCode).toBe(403);
  const lines = logged.map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 40, target: 'demo/shop', for: 'bob', by: 'anybody', id }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ level: 40, refused: 'signature-invalid' }));
  expect(logged.join('')).not.toContain('xxxxx');
});

describe('where the API knows who asks', () => {
  const known = (name: string) => async () => ({ name, verified: true, grants: everything });

  test('a link carries its maker to the rollout', async () => {
    const { app, rollouts } = await serve(asking, {}, null, { authenticate: known('zoe') });
    const { path } = await linkFor('bob');
    await app.inject({ method: 'POST', url: path, headers: form, payload: 'answer=approve' });
    expect(rollouts.calls.at(-1)?.args[1]).toMatchObject({ actor: 'bob', link: { by: 'zoe' } });
  });

  test('whoever has started a rollout makes no link that answers for what wants somebody else', async () => {
    const { app, current } = await serve(asking, {}, null, { authenticate: known('Ann') });
    const make = async () => {
      const url = '/v1/rollouts/demo/shop/approval-links';
      const answer = await app.inject({ method: 'POST', url, headers: json, payload: { actor: 'bob' } });
      return answer.json();
    };
    expect(await make()).toMatchObject({ status: 409, code: 'command-refused' });
    const stage = { name: '10%', weightPercent: 10, soakMs: 20_000, warmUpMs: 0, approval: true } as const;
    const waiting = { phase: 'approving', question: 'stage:0', author: 'ann' } as const;
    current.status = { ...waiting, stages: [{ ...stage, notAuthor: true }] };
    expect(await make()).toMatchObject({ status: 409, code: 'command-refused' });
    current.status = { ...waiting, stages: [stage] };
    expect(await make()).toMatchObject({ actor: 'bob' });
  });
});

test('a link stands in no log', async () => {
  const { app } = await serve();
  const { path } = await linkFor('bob');
  await app.inject({ method: 'GET', url: path });
  await app.inject({ method: 'POST', url: path, headers: form, payload: 'answer=approve' });
  expect(logged.length).toBeGreaterThan(2);
  expect(logged.join('')).not.toContain(path.slice(-20));
});

test('links that are not good are counted and stand in the log as any refusal, a few at a time', async () => {
  const { app } = await serve(asking, {}, null, { budgets: budgetsOf() });
  const { path } = await linkFor('bob', 60_000);
  // So that nothing refills meanwhile.
  const frozen = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  const statuses = [];
  for (let time = 0; time < 32; time += 1)
    statuses.push((await app.inject({ url: `${path}x`, remoteAddress: '192.0.2.7' })).statusCode);
  expect(statuses).toEqual([...Array(30).fill(403), 429, 429]);
  // Whoever has a good one is not refused for that.
  expect((await app.inject({ url: path, remoteAddress: '192.0.2.7' })).statusCode).toBe(200);
  const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000);
  expect((await app.inject(path)).statusCode).toBe(410);
  later.mockRestore();
  frozen.mockRestore();
  const refusals = logged.map((line) => JSON.parse(line)).filter(({ refused }) => refused !== undefined);
  const told = { method: 'GET', path: '/approvals/*', principal: 'anybody' };
  expect(refusals[0]).toMatchObject({ ...told, refused: 'signature-invalid', address: '192.0.2.7' });
  expect(refusals.at(-1)).toMatchObject({ ...told, refused: 'signature-expired' });
  const { body } = await app.inject('/metrics');
  expect(body).toContain('sluice_http_problems_total{code="signature-invalid"} 30');
  expect(body).toContain('sluice_http_problems_total{code="signature-expired"} 1');
});

test('a yes or a no that the rollout does not take stands in the log, since no history has it', async () => {
  const refusal = 'The rollout refused: ann has started it.';
  const { app } = await serve(asking, { command: failing('command-refused', refusal) });
  for (const command of ['approve', 'pause']) {
    const url = `/v1/rollouts/demo/shop/${command}`;
    const payload = { actor: 'ann', reason: 'it is well' };
    expect((await app.inject({ method: 'POST', url, headers: json, payload })).statusCode).toBe(409);
  }
  const refusals = logged.map((line) => JSON.parse(line)).filter(({ refused }) => refused !== undefined);
  expect(refusals).toMatchObject([
    { refused: 'command-refused', path: '/v1/rollouts/demo/shop/approve', msg: refusal },
  ]);
});

test('whatever is asked about a link, neither it nor a query is logged, and a refused host is told', async () => {
  const { app } = await serve();
  const { path } = await linkFor('bob');
  await app.inject({ method: 'PUT', url: path });
  await app.inject({ method: 'GET', url: path.replace('/a', '/%61') });
  await app.inject({ method: 'GET', url: path, headers: { host: 'evil.example' } });
  await app.inject({ method: 'GET', url: '/v1/rollouts?search=SECRETQ' });
  expect(logged.join('')).not.toContain(path.slice(-20));
  expect(logged.join('')).not.toContain('SECRETQ');
  const lines = logged.map((line) => JSON.parse(line));
  expect(lines).toContainEqual(expect.objectContaining({ refused: 'host-refused', path: '/approvals/*' }));
  expect(lines.at(-1)).toMatchObject({ principal: 'anybody', req: { url: '/v1/rollouts' } });
});

test.each([
  '/approvals/TOK',
  '//approvals/TOK',
  '/%61pprovals/TOK',
  'http://h/approvals/TOK',
  'HTTP://h/%41pprovals/TOK',
])('a link is not logged where no route takes it: %s', (url) =>
  expect(loggedPath({ url, routeOptions: {} })).toBe('/approvals/*'),
);

test('a link is https where a proxy has TLS', async () => {
  await serve(asking, {}, null, { tlsInFront: true });
  expect((await linkFor('bob')).url).toMatch(/^https:/);
});

test('pages are reached by the address that the operator names, and nothing else is', async () => {
  const { app } = await serve(asking, {}, 'https://sluice.example.com');
  const { path, url } = await linkFor('bob');
  expect(url).toBe(`https://sluice.example.com${path}`);
  const host = 'sluice.example.com';
  const post = (origin: string) =>
    app.inject({ method: 'POST', url: path, headers: { ...form, host, origin }, payload: 'answer=reject' });
  expect((await app.inject({ method: 'GET', url: path, headers: { host } })).statusCode).toBe(200);
  expect((await post('https://evil.example')).statusCode).toBe(403);
  expect((await post('https://sluice.example.com')).statusCode).toBe(200);
  expect((await app.inject({ method: 'GET', url: '/v1/rollouts', headers: { host } })).statusCode).toBe(403);
  expect((await app.inject({ method: 'GET', url: path, headers: { host: 'evil.example' } })).statusCode).toBe(
    403,
  );
});

test('links that are asked for by one key are good for one answer together', async () => {
  const { app } = await serve();
  const idFor = async (actor: string, key?: string) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/rollouts/demo/shop/approval-links',
      headers: { ...json, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      payload: { actor },
    });
    return linkSchema.parse(answer.json()).id;
  };
  const first = await idFor('bob', 'a');
  expect(await idFor('bob', 'a')).toBe(first);
  const others = [await idFor('cid', 'a'), await idFor('bob', 'b'), await idFor('bob'), await idFor('bob')];
  expect(new Set([first, ...others]).size).toBe(5);
});

test('no link is made without a good secret, nor where nothing is asked', async () => {
  const { app, current } = await serve();
  const make = () =>
    app.inject({
      method: 'POST',
      url: '/v1/rollouts/demo/shop/approval-links',
      headers: json,
      payload: { actor: 'bob' },
    });
  vi.stubEnv('LINKS', 'short');
  expect((await make()).json()).toMatchObject({ status: 503, code: 'approvals-unconfigured' });
  vi.stubEnv('LINKS', 'a secret of sixteen or more');
  current.status = { phase: 'soaking' };
  expect((await make()).json()).toMatchObject({ status: 409, code: 'command-refused' });
});

test('lists what waits, for whom, and who cannot answer it', async () => {
  const override = { actor: 'ann', reason: 'hole', forMs: 1, atMs: 1 };
  const askedLine = { atMs: 5_000, kind: 'approval-asked', text: '', stage: 0, actor: null } as const;
  const stage = { name: '10%', weightPercent: 10, soakMs: 20_000, warmUpMs: 0, approval: true } as const;
  const statuses: Record<string, Partial<RolloutStatus>> = {
    shop: asking,
    till: { phase: 'approving', question: 'stage:0', timeline: [askedLine] },
    mill: { phase: 'approving', question: 'stage:0', author: 'zoe', stages: [{ ...stage, notAuthor: true }] },
    cart: { phase: 'holding', overrideAsked: override },
  };
  const { app } = await serve(asking, {
    list: async ({ phase }) => ({
      rollouts: Object.entries(statuses)
        .filter(([, status]) => status.phase === phase)
        .map(([service]) => ({ ...viewOf(), service, target: `demo/${service}` })),
      next: null,
    }),
    get: async ({ service }) => viewOf({ ...statuses[service], target: `demo/${service}`, service }),
  });
  const list = async (query = '') =>
    waitingListSchema.parse((await app.inject(`/v1/approvals${query}`)).json()).approvals;
  expect(await list()).toMatchObject([
    {
      target: 'demo/cart',
      kind: 'override',
      name: expect.stringMatching(/^override:\d+$/),
      not: ['ann'],
      question: expect.stringContaining('hole'),
    },
    { target: 'demo/mill', kind: 'stage', people: null, not: ['zoe'] },
    {
      target: 'demo/shop',
      kind: 'gate',
      name: 'gate:start',
      people: ['bob', 'ann'],
      not: ['ann'],
      needed: 2,
      counted: ['cid'],
    },
    {
      target: 'demo/till',
      kind: 'stage',
      name: 'stage:0',
      people: null,
      not: [],
      sinceMs: 5_000,
      limitAtMs: 3_601_000,
      askedPercent: 10,
      question: expect.stringContaining('"10%" has passed'),
    },
  ]);
  const of = async (person: string) => (await list(`?person=${person}`)).map(({ target }) => target);
  expect(await of('bob')).toEqual(['demo/cart', 'demo/mill', 'demo/shop', 'demo/till']);
  expect(await of('Ann')).toEqual(['demo/mill', 'demo/till']);
  expect(await of('cid')).toEqual(['demo/cart', 'demo/mill', 'demo/till']);
  expect(await of('zoe')).toEqual(['demo/cart', 'demo/till']);
  const first = waitingListSchema.parse((await app.inject('/v1/approvals?limit=2')).json());
  expect(first.approvals.map(({ target }) => target)).toEqual(['demo/cart', 'demo/mill']);
  const rest = await list(`?limit=2&cursor=${first.next}`);
  expect(rest.map(({ target }) => target)).toEqual(['demo/shop', 'demo/till']);
  expect((await app.inject(`/v1/approvals?limit=2&person=bob&cursor=${first.next}`)).statusCode).toBe(400);
});

test('what a watch said last is told as now only while the watch runs and is heard of', async () => {
  const passing = (atMs: number) => liveOf({ atMs }, [verdictOf('pass', 'success-rate')]);
  const approving = { phase: 'approving', question: 'stage:0' } as const;
  const views: Record<string, RolloutView> = {
    heard: viewOf(approving, { live: passing(Date.now()) }),
    over: viewOf({ phase: 'cleaning', question: 'rollback' }, { live: passing(Date.now()) }),
    silent: viewOf(approving, { live: passing(Date.now() - 600_000) }),
  };
  const { app } = await serve(asking, {
    list: async ({ phase }) => ({
      rollouts: Object.entries(views)
        .filter(([, view]) => view.phase === phase)
        .map(([service, view]) => ({ ...view, service, target: `demo/${service}` })),
      next: null,
    }),
    get: async ({ service }) => views[service] ?? viewOf(),
  });
  const { approvals } = waitingListSchema.parse((await app.inject('/v1/approvals')).json());
  expect(
    approvals.map(({ askedPercent, checks, limitAtMs }) => [askedPercent, checks.pass, limitAtMs]),
  ).toEqual([
    [10, 1, 3_601_000],
    [10, 0, null],
    [null, 0, 3_601_000],
  ]);
});

describe('where very many rollouts may wait', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => {
      const service = `s${String(at).padStart(4, '0')}`;
      return { ...viewOf(), service, target: `demo/${service}`, runId: `run-${at}` };
    });
  const listOf = (count: number): Partial<RolloutService> => ({
    list: async ({ phase }) => ({ rollouts: phase === 'watching' ? many(count) : [], next: null }),
  });
  const pageOf = async (query: string) =>
    waitingListSchema.parse((await app?.inject(`/v1/approvals${query}`))?.json());

  test('an answer looks at a part of them, and its cursor leads on to what waits', async () => {
    const asked = { phase: 'watching', question: 'rollback' } as const;
    const { rollouts } = await serve(asking, {
      ...listOf(250),
      get: async ({ service }) =>
        viewOf({ ...(service === 's0230' ? asked : {}), target: `demo/${service}`, service }),
    });
    const looked = () => rollouts.calls.filter(({ method }) => method === 'get').length;
    const first = await pageOf('');
    expect([first.approvals, looked()]).toEqual([[], 200]);
    const rest = await pageOf(`?cursor=${first.next}`);
    expect(rest).toMatchObject({ approvals: [{ target: 'demo/s0230', kind: 'rollback' }], next: null });
    expect(looked()).toBe(250);
  });

  test('those that cannot be had are counted, whatever the reason, but for those that are gone', async () => {
    const failures: Record<string, Parameters<typeof failing>[0]> = {
      s0000: 'payload-key-missing',
      s0001: 'rollout-not-found',
    };
    await serve(asking, {
      ...listOf(4),
      get: async ({ service }) => {
        const code = failures[service];
        if (code !== undefined) return await failing(code, 'no')();
        if (service === 's0002') throw new Error('a bug');
        return viewOf({}, { status: null });
      },
    });
    expect(await pageOf('')).toEqual({ approvals: [], unanswered: 3, next: null });
  });

  test('where nothing answers a page ends early, and viewers share the looks, a few at a time', async () => {
    const waiting: (() => void)[] = [];
    const { rollouts } = await serve(asking, {
      ...listOf(100),
      get: async () => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return viewOf({}, { status: null });
      },
    });
    const pages = [pageOf(''), pageOf(''), pageOf('')];
    for (const turn of [1, 2]) {
      await expect.poll(() => waiting).toHaveLength(10);
      expect(rollouts.calls.filter(({ method }) => method === 'get')).toHaveLength(turn * 10);
      for (const answer of waiting.splice(0)) answer();
    }
    for (const page of await Promise.all(pages)) {
      expect(page).toMatchObject({ approvals: [], unanswered: 20, next: expect.any(String) });
    }
  });
});
