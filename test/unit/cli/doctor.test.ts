/** `sluice doctor` against a real API over fake rollouts, and files that are right and wrong. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clockFinding } from '../../../src/cli/doctor/api.ts';
import { linesOfFindings, wrong } from '../../../src/cli/doctor/finding.ts';
import { nodeFinding, tokenFinding, tokensFinding } from '../../../src/cli/doctor/here.ts';
import { main } from '../../../src/cli/program.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { liveOf, outline, summaryOf } from '../api/board/rows.ts';
import { viewOf } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const readiness = (ok: boolean, seen: boolean) => async () => ({
  ready: ok && seen,
  temporal: { ok, address: '127.0.0.1:7233', detail: ok ? 'answers' : 'connection refused' },
  worker: { seen, detail: seen ? 'a worker polled for rollouts lately' : 'no worker has polled' },
});

const runningRollout = (service: string) => ({
  summary: summaryOf({ service, runId: randomUUID() }),
  outline,
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function configFile(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test('all is well', async () => {
  const { code, out } = await sluice(['doctor'], { readiness: readiness(true, true) });
  expect(out).toMatch(/^ok +node/m);
  expect(out).toMatch(/^ok +api +http:\/\/127\.0\.0\.1:\d+ \(--api\) answers/m);
  expect(out).toMatch(/^ok +you +the API asks nobody/m);
  expect(out).toMatch(/^ok +clock/m);
  expect(out).toMatch(/^ok +temporal +127\.0\.0\.1:7233/m);
  expect(out).not.toContain('try:');
  expect(code).toBe(0);
});

test('a stop of everything is a warning, with by whom as far as is known', async () => {
  const { code, out } = await sluice(['doctor'], {
    readiness: readiness(true, true),
    stopOfAll: async () => ({ stops: [{ traffic: 'haproxy', stopped: true }], orders: [] }),
  });
  expect(out).toMatch(/^warning +stop +everything behind haproxy is stopped/m);
  expect(code).toBe(0);
});

test('a release is advised only of what is stopped, not of what cannot be seen', async () => {
  const adviceWith = async (...states: (boolean | null)[]) => {
    const { out } = await sluice(['doctor', '--json'], {
      readiness: readiness(true, true),
      stopOfAll: async () => ({
        stops: states.map((stopped, at) => ({ traffic: `plane-${at}`, stopped })),
        orders: [],
      }),
    });
    const { findings } = JSON.parse(out) as { findings: { name: string; advice: string | null }[] };
    return findings.find(({ name }) => name === 'stop')?.advice;
  };
  const reach = 'See that what cannot be seen runs, and that the API reaches it.';
  expect(await adviceWith(null, false)).toBe(reach);
  expect(await adviceWith(true, null)).toBe(`Release it when the trouble is over. ${reach}`);
});

test.each([
  ['a worker', true, { temporal: 'ok', worker: 'wrong' }, 'Start a worker'],
  [
    'Temporal, of which nothing else is known then,',
    false,
    { temporal: 'wrong', worker: 'warning' },
    'Start Temporal',
  ],
])('%s that is away is told with what to try', async (_, temporal, expected, advice) => {
  const { code, out } = await sluice(['doctor', '--json'], { readiness: readiness(temporal, false) });
  const { ok, findings } = JSON.parse(out) as {
    ok: boolean;
    findings: { name: string; health: string; advice: string | null }[];
  };
  expect(ok).toBe(false);
  expect(Object.fromEntries(findings.map(({ name, health }) => [name, health]))).toMatchObject(expected);
  expect(findings.find(({ health }) => health === 'wrong')?.advice).toContain(advice);
  expect(code).toBe(1);
});

test.each([
  ['answers', ['shop'], [], 'ok', /lately, and answers for demo\/shop$/],
  ['hangs', [], ['shop', 'cart'], 'wrong', /lately, but none answers for demo\/\w+, demo\/\w+$/],
  [
    'is one of two that hang',
    ['shop'],
    ['cart'],
    'warning',
    /answers for demo\/shop, but none does for demo\/cart$/,
  ],
  ['has no rollout', [], [], 'ok', /lately; no rollout runs, so it cannot be asked/],
])('a worker that has polled and %s is told as such', async (_, heard, unheard, health, said) => {
  const { out } = await sluice(['doctor', '--json'], {
    readiness: readiness(true, true),
    running: async () => ({
      askedAtMs: Date.now(),
      rollouts: [...heard, ...unheard].map(runningRollout),
    }),
    list: async () => ({ rollouts: [], next: null }),
    get: async (ref, anew) => viewOf({}, { ...ref, workerAnswered: !anew || heard.includes(ref.service) }),
  });
  const { findings } = JSON.parse(out) as { findings: { name: string; health: string; detail: string }[] };
  const found = findings.find(({ name }) => name === 'worker');
  expect(found?.health).toBe(health);
  expect(found?.detail).toMatch(said);
});

test.each([
  ['ahead by a minute', 60_000, /is at least 1m ahead of this machine’s/],
  ['behind by a minute', -60_000, /is at least 45s behind this machine’s/],
  ['in time', -10_000, null],
] as const)('a worker whose clock is %s is told of', async (_, beatMs, said) => {
  const nowMs = Date.now();
  const live = { ...liveOf(), atMs: nowMs + beatMs };
  const rollouts = {
    readiness: readiness(true, true),
    running: async () => ({ askedAtMs: nowMs, rollouts: ['shop'].map(runningRollout) }),
    list: async () => ({ rollouts: [], next: null }),
    get: async () => viewOf({}, { live }),
  };
  const { out, code } = await sluice(['doctor', '--json'], rollouts, fakeIo({ now: () => nowMs }));
  const { findings } = JSON.parse(out) as { findings: { name: string; health: string; detail: string }[] };
  const found = findings.find(({ name }) => name === 'worker clock');
  expect(found?.health).toBe(said === null ? undefined : 'warning');
  if (said !== null) expect(found?.detail).toMatch(said);
  expect(code).toBe(0);
});

test('the heartbeat of a worker that does not answer says nothing of its clock', async () => {
  const { out } = await sluice(['doctor'], {
    readiness: readiness(true, true),
    running: async () => ({ askedAtMs: Date.now(), rollouts: ['shop'].map(runningRollout) }),
    list: async () => ({ rollouts: [], next: null }),
    get: async () => viewOf({}, { live: { ...liveOf(), atMs: 1 }, workerAnswered: false }),
  });
  expect(out).not.toContain('worker clock');
});

test('a rollout that ended while it was looked at, or cannot be read, tells nothing of the worker', async () => {
  const { out } = await sluice(['doctor'], {
    readiness: readiness(true, true),
    running: async () => ({
      askedAtMs: Date.now(),
      rollouts: ['shop', 'cart'].map(runningRollout),
    }),
    list: async () => ({ rollouts: [], next: null }),
    get: async ({ service }) => {
      if (service === 'cart') throw new SluiceError('payload-key-missing', 'The key k1 is not here.');
      return viewOf({ phase: 'promoted', outcome: 'promoted' }, { workerAnswered: false });
    },
  });
  expect(out).toMatch(/^ok +worker +.*no running rollout can be seen, so it cannot be asked/m);
});

test('a rollout that cannot be judged is told, whatever keeps it from that', async () => {
  const { code, out } = await sluice(['doctor'], {
    readiness: readiness(true, true),
    running: async () => ({
      askedAtMs: Date.now(),
      rollouts: [{ summary: summaryOf({ phase: 'holding' }), outline }],
    }),
    list: async () => ({ rollouts: [], next: null }),
  });
  expect(out).toMatch(/^warning +rollouts +1 rollout running, 1 wants an eye; demo\/shop: /m);
  expect(code).toBe(0);
});

test('on a terminal what is long goes on beside the names, broken between words', () => {
  const address = 'http://127.0.0.1:7201/v1/rollouts/production/shop';
  const found = wrong('api', `The API at ${address} cannot be reached.`, 'Start the local stack.');
  expect(linesOfFindings([found], { color: false, columns: 42 })).toEqual([
    'wrong    api  The API at',
    `              ${address}`,
    '              cannot be reached.',
    '              try: Start the local stack.',
  ]);
  const whole = linesOfFindings([found], { color: false, columns: Number.POSITIVE_INFINITY });
  expect(whole).toHaveLength(2);
  expect(linesOfFindings([found], { color: false, columns: 20 })).toEqual(whole);
});

test('an API that is not there is one finding that says who named it', async () => {
  const io = fakeIo({ env: { SLUICE_API: 'http://127.0.0.1:1' } });
  expect(await main(['doctor'], io)).toBe(1);
  expect(io.printed.out).toMatch(
    /^wrong +api +The API at http:\/\/127\.0\.0\.1:1 cannot be reached.*SLUICE_API/m,
  );
  expect(io.printed.out).not.toContain('worker');
});

test('something else at the address is told as such', async () => {
  const server = createServer((_, answer) => answer.writeHead(404).end('nginx'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const io = fakeIo();
  expect(await main(['doctor', '--api', `http://127.0.0.1:${port}`], io)).toBe(1);
  expect(io.printed.out).toContain('does not speak as this sluice expects');
  const tls = fakeIo();
  expect(await main(['doctor', '--api', `https://127.0.0.1:${port}`], tls)).toBe(1);
  expect(tls.printed.out).toContain('it does not speak TLS there');
  expect(tls.printed.out).toContain(`try: Name it as http://127.0.0.1:${port}`);
  server.close();
});

test('an address that makes no sense, and a token without TLS, are findings', async () => {
  const bad = fakeIo();
  expect(await main(['doctor', '--api', 'shop'], bad)).toBe(1);
  expect(bad.printed.out).toContain('is not the address of an API');
  const open = fakeIo({ env: { SLUICE_TOKEN: `slc_${'a'.repeat(12)}_${'b'.repeat(43)}` } });
  expect(await main(['doctor', '--api', 'http://sluice.example.com'], open)).toBe(1);
  expect(open.printed.out).toContain('without TLS');
  expect(open.printed.out).not.toContain('bbbb');
});

test('a configuration tells every problem', async () => {
  const path = await configFile('bad.yaml', 'api: {port: 99999}\ntraffic:\n  main: {type: haproxi}\n');
  const { code, out } = await sluice(['doctor', '--config', path], { readiness: readiness(true, true) });
  expect(out).toMatch(/^wrong +configuration +api\.port/m);
  expect(out).toMatch(/^wrong +configuration +traffic\.main\.type: unknown type/m);
  expect(code).toBe(1);
});

test('a configuration that lies in a folder above is named, and not opened unasked', async () => {
  const asked: string[] = [];
  const bait = createServer(({ url = '' }, answer) => {
    asked.push(url);
    answer.end('{}');
  });
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve));
  const { port } = bait.address() as AddressInfo;
  await mkdir(join(folder, 'clone', '.sluice', 'run'), { recursive: true });
  await configFile('clone/.sluice/run/stack.json', JSON.stringify({ apiUrl: 'http://127.0.0.1:1' }));
  await configFile(
    'clone/.sluice/run/sluice.yaml',
    `metrics: {bait: {type: prometheus, url: "http://127.0.0.1:${port}"}}\n`,
  );
  const io = fakeIo({ cwd: join(folder, 'clone', 'src') });
  await main(['doctor'], io);
  expect(io.printed.out).toMatch(/^ok +configuration +none was named/m);
  expect(io.printed.out).toContain('try: `--config ../.sluice/run/sluice.yaml` looks at that');
  expect(io.printed.out).not.toContain('metrics.bait');
  expect(asked).toEqual([]);
  bait.close();
});

test('a valid configuration is followed to what it names', async () => {
  const answers = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json');
    answer.end(
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}',
    );
  });
  await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve));
  const { port } = answers.address() as AddressInfo;
  const path = await configFile(
    'good.yaml',
    `temporal: {address: "127.0.0.1:1"}
auth: {tokens: tokens.yaml}
metrics:
  near: {type: prometheus, url: "http://127.0.0.1:${port}"}
  far: {type: prometheus, url: "http://127.0.0.1:1"}
`,
  );
  const { code, out } = await sluice(['doctor', '--config', path], { readiness: readiness(true, true) });
  expect(out).toMatch(/^ok +configuration/m);
  expect(out).toMatch(/^wrong +temporal \(file\) +127\.0\.0\.1:1/m);
  expect(out).toMatch(/^wrong +tokens +.*ENOENT/m);
  expect(out).toMatch(/^ok +metrics\.near +prometheus answers/m);
  expect(out).toMatch(/^wrong +metrics\.far .*could not be reached/m);
  expect(code).toBe(1);
  answers.close();
});

test.each([
  ['20.19.0', 'ok'],
  ['22.0.1', 'ok'],
  ['20.18.3', 'wrong'],
  ['18.20.0', 'wrong'],
])('Node %s is %s', (version, health) => {
  expect(nodeFinding(version).health).toBe(health);
});

test.each([
  [0, 'ok'],
  [-900, 'ok'],
  [30_000, 'warning'],
  [-30_000, 'warning'],
  [3_600_000, 'wrong'],
])('a clock that is %d ms ahead is %s', (aheadMs, health) => {
  const nowMs = Date.UTC(2026, 0, 1);
  expect(clockFinding(new Date(nowMs + aheadMs).toUTCString(), nowMs, nowMs + 20).health).toBe(health);
});

test('an API that hides its time is a warning', () => {
  expect(clockFinding(null, 0, 1).health).toBe('warning');
});

test('a bearer token that is over is wrong, and one that is none is not shown', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const of = (value: string) => tokenFinding({ value, from: 'SLUICE_TOKEN' }, nowMs);
  const jwt = (endMs: number) => new UnsecuredJWT({}).setExpirationTime(endMs / 1000).encode();
  expect(of(jwt(nowMs - 1000)).health).toBe('wrong');
  expect(of(jwt(nowMs + 1000)).health).toBe('ok');
  expect(of(`slc_${'a'.repeat(12)}_${'b'.repeat(43)}`).health).toBe('ok');
  expect(of('half-a-secret').health).toBe('wrong');
  expect(of('half-a-secret').detail).not.toContain('half');
});

test('tokens of the file that are over or end soon are a warning with their names', () => {
  const token = (name: string, days: number) => ({
    name,
    expires: new Date(days * 86_400_000).toISOString(),
  });
  expect(tokensFinding('t.yaml', [token('ci', 90)], 0).health).toBe('ok');
  const found = tokensFinding('t.yaml', [token('ci', 90), token('ada', 3), token('eve', -1)], 0);
  expect(found.health).toBe('warning');
  expect(found.detail).toBe('3 tokens in t.yaml; over: eve; ending: ada in 3d');
});
