import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smokeGate } from '../../../src/providers/gates/smoke.ts';
import { identityOf, isAlive } from '../../../src/providers/workload/process-identity.ts';
import { waitFor } from '../../support/wait-for.ts';
import { endable, listening } from '../health/servers.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

const token = 't0ken/with a space';

/** A shop that hands out a token and sells only to whoever shows it. */
async function shop() {
  let broken = false;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
    const json = (status: number, value: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(value));
    if (broken) return void json(500, { error: 's3cret stack' });
    if (pathname === '/login')
      return void json(201, { user: { name: 'smoke', admin: false }, tokens: [token] });
    if (searchParams.get('token') !== token || request.headers['x-version'] !== 'v2')
      return void json(403, {});
    request.resume().on('end', () => json(200, { version: 'v2', items: [{ id: 7 }], note: 'bought' }));
  });
  const end = endable(server);
  const url = `http://${await listening(server)}`;
  const breaks = (is: boolean) => () => {
    broken = is;
  };
  return { url, breaks, end };
}

const login = (url: string) => ({
  name: 'log in',
  method: 'POST',
  url: `${url}/login`,
  authorization: { env: 'SMOKE_LOGIN' },
  timeoutMs: patientMs,
  expect: {
    status: [200, 201],
    headers: { 'content-type': 'application/json*' },
    json: { '$.user.name': 'smoke', '$.user.admin': false },
  },
  keep: { token: '$.tokens[0]' },
});
const buy = (url: string, expected: object = {}) => ({
  name: 'buy',
  method: 'PUT',
  url: `${url}/{{service}}?token={{token}}`,
  headers: { 'X-Version': '{{version}}' },
  body: '{"item": 7}',
  timeoutMs: patientMs,
  expect: { contains: ['bought'], json: { '$.items[0].id': 7 }, ...expected },
});
const node = (code: string, more: object = {}) => ({
  command: { run: [process.execPath, '-e', code], ...more },
});

gateContract(smokeGate, async () => {
  const { url, breaks, end } = await shop();
  process.env.SMOKE_LOGIN = 'Bearer s3cret-login';
  process.env.SMOKE_DATABASE = 's3cret-database';
  const environment = { DATABASE_URL: { env: 'SMOKE_DATABASE' } };
  const steps = (expected?: object) => ({ steps: [login(url), buy(url, expected)], attempts: 1 });
  const ask = (test: string) => ({ options: { tests: [test] } });
  return {
    gate: smokeGate.create({
      tests: {
        checkout: steps(),
        latency: steps({ maxLatencyMs: 60_000 }),
        'another-item': steps({ json: { '$.items[0].id': 8, '$.note': 'sold' } }),
        'no-header': steps({ headers: { 'x-cache': 'hit' } }),
        'unknown-word': { steps: [buy(url)], attempts: 1 },
        'not-there': { steps: [{ name: 'ask', url: 'http://127.0.0.1:1/' }] },
        'no-secret': { steps: [{ ...login(url), authorization: { env: 'SMOKE_ABSENT' } }] },
        'own-cloud': { steps: [{ name: 'ask', url: 'http://169.254.169.254/latest' }] },
        migration: node('console.log(process.env.DATABASE_URL, process.env.SLUICE_VERSION)', { environment }),
        'bad-migration': node('console.log(process.env.DATABASE_URL); process.exit(3)', { environment }),
        'no-program': { command: { run: ['/no/such/program'] } },
        endless: node('setInterval(() => {}, 1000)', { timeoutMs: 300 }),
      },
    }),
    secrets: ['s3cret', token],
    open: [
      { name: 'all steps, with a value carried on', ...ask('checkout'), arrange: breaks(false) },
      { name: 'fast enough', ...ask('latency') },
      { name: 'a command that ends well', ...ask('migration') },
      { name: 'two tests', options: { tests: ['checkout', 'migration'] } },
    ],
    closed: [
      {
        name: 'another value',
        ...ask('another-item'),
        answer: 'refuse',
        says: /another-item: step 2, buy: \$\.items\[0\]\.id is 7, not 8; \$\.note is another text, not "sold"/,
      },
      {
        name: 'a header',
        ...ask('no-header'),
        answer: 'refuse',
        says: /the header x-cache is missing, not hit/,
      },
      {
        name: 'a word that stands for nothing',
        ...ask('unknown-word'),
        answer: 'refuse',
        says: /nothing has given token/,
      },
      {
        name: 'nobody there',
        ...ask('not-there'),
        answer: 'hold',
        says: /step 1, ask: .*did not answer.*see that it is up/,
      },
      { name: 'no secret', ...ask('no-secret'), answer: 'hold', says: /SMOKE_ABSENT is missing or empty/ },
      {
        name: 'a command that fails',
        ...ask('bad-migration'),
        answer: 'refuse',
        says: /bad-migration: it ended with code 3, after \d+s; its output is in the report/,
      },
      {
        name: 'a command without an end',
        ...ask('endless'),
        answer: 'refuse',
        says: /endless: its time was over/,
      },
      {
        name: 'no such program',
        ...ask('no-program'),
        answer: 'refuse',
        says: /it cannot be run \(.*ENOENT\): see that program and folder are there/,
      },
      {
        name: 'no such test',
        ...ask('checkin'),
        answer: 'refuse',
        says: /there is no test checkin; this gate has/,
      },
      {
        name: 'a server that fails',
        ...ask('checkout'),
        arrange: breaks(true),
        answer: 'refuse',
        says: /step 1, log in: the status is 500, not 200 or 201; .*mend it/,
      },
    ],
    missing: [{ name: "the machine's own cloud", ...ask('own-cloud') }, { name: 'one of all is not there' }],
    close: end,
  };
});

describe('a command', () => {
  const question = (test: string) => questionFixture({ options: { tests: [test] }, id: `run/${test}` });

  it('leaves what it said as a report, without the secrets that it was given, and not all of too much', async () => {
    process.env.SMOKE_DATABASE = 's3cret-database';
    const gate = smokeGate.create({
      tests: {
        noisy: node('process.stdout.write("a".repeat(300000) + process.env.DB + " end")', {
          environment: { DB: { env: 'SMOKE_DATABASE' } },
        }),
      },
    });
    const { answer, reports } = await gate.evaluate(question('noisy'), AbortSignal.timeout(patientMs));
    expect(answer).toBe('open');
    const [report] = reports ?? [];
    expect(report).toMatchObject({ name: 'noisy/output.txt', mediaType: 'text/plain' });
    expect(report?.content).toMatch(/^a+\n… \d+ bytes left out …\na+\[secret\] end$/);
    expect(report?.content.length).toBeLessThan(263_000);
    await gate.close();
  });

  it('is ended with all that it has started when nobody waits for it any more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-smoke-'));
    const file = join(folder, 'pid');
    // Its child heeds no request to end, and holds the output open.
    const code = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid)); setInterval(() => {}, 1000);`;
    const gate = smokeGate.create({ tests: { family: node(code) } });
    const stopper = new AbortController();
    const asked = gate.evaluate(question('family'), stopper.signal).catch((error: unknown) => error);
    const pid = await waitFor('the child', async () => {
      try {
        return Number(readFileSync(file, 'utf8')) || null;
      } catch {
        return null;
      }
    });
    const child = await identityOf(pid);
    stopper.abort(new Error('enough'));
    await asked;
    await expect.poll(() => isAlive(child)).toBe(false);
    await gate.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

it('says of a path that is none what it should be', () => {
  const step = { name: 'ask', url: 'http://127.0.0.1/', expect: { json: { 'items.id': 1 } } };
  const { error } = smokeGate.settings.safeParse({ tests: { one: { steps: [step] } } });
  expect(error?.issues).toMatchObject([{ message: 'is no path such as $.items[0].id' }]);
});

it('takes tests only with one thing to do', () => {
  for (const test of [{}, { ...node('0'), steps: [{ name: 'ask', url: 'http://127.0.0.1/' }] }]) {
    expect(smokeGate.settings.safeParse({ tests: { one: test } }).success).toBe(false);
  }
});
