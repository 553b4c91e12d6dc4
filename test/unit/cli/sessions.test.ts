/** `sluice sessions` against an API where people log in. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAccessControl } from '../../../src/api/access/authenticator.ts';
import { makeToken } from '../../../src/api/access/tokens.ts';
import { createApp } from '../../../src/api/app.ts';
import { main } from '../../../src/cli/program.ts';
import { authSection } from '../../../src/providers/auth-settings.ts';
import { fakeDeps, fakeRollouts } from '../api/fakes.ts';
import { fakeIo } from './fakes.ts';

const tokenOf = (name: string, role: 'viewer' | 'admin') =>
  makeToken(name, [{ role, environments: ['*'], services: ['*'] }], Date.now(), 3_600_000);
const [ann, root] = [tokenOf('ann', 'viewer'), tokenOf('root', 'admin')];
let folder: string;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-sessions-'));
  const tokens = join(folder, 'tokens.yaml');
  await writeFile(tokens, JSON.stringify({ tokens: [ann.entry, root.entry] }));
  vi.stubEnv('SESSION_KEY', randomBytes(32).toString('base64'));
  const sessions = { keys: [{ env: 'SESSION_KEY' }], folder: join(folder, 'sessions') };
  app = await createApp(
    fakeDeps(fakeRollouts()),
    createAccessControl(authSection.parse({ tokens, sessions })),
  );
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const logIn = (token: string) =>
  app.inject({
    method: 'POST',
    url: '/auth/token',
    headers: { host: 'localhost', 'user-agent': 'Firefox/145.0' },
    payload: { token },
  });

async function sessions(token: string, ...args: string[]) {
  const io = fakeIo({ env: { SLUICE_TOKEN: token } });
  const code = await main(['sessions', ...args, '--api', url], io);
  return { code, ...io.printed };
}

test('lists one’s own, and ends one of them by its id', async () => {
  await logIn(ann.token);
  await logIn(root.token);
  const { code, out } = await sessions(ann.token, 'list');
  expect(code).toBe(0);
  const [, id = ''] = /^([0-9a-f]{16}) +token:ann +Firefox 145 +\d{4}-/m.exec(out) ?? [];
  expect(out).not.toContain('token:root');
  const once = ['revoke', id, '--idempotency-key', 'once'];
  expect((await sessions(ann.token, ...once)).out).toBe(`${id} has ended\n`);
  expect((await sessions(ann.token, ...once)).out).toBe(`${id} has ended\n`);
  expect((await sessions(ann.token, 'list')).out).toBe('no sessions\n');
  const again = await sessions(ann.token, 'revoke', id);
  expect([again.code, again.err]).toEqual([4, expect.stringContaining('session-not-found')]);
});

test('an admin lists everybody’s, and ends all of somebody; others may not', async () => {
  await logIn(ann.token);
  await logIn(ann.token);
  expect((await sessions(ann.token, 'list', '--everybody')).err).toContain('access-refused');
  expect((await sessions(ann.token, 'revoke', '--name', 'token:root')).err).toContain('access-refused');
  const { out } = await sessions(root.token, 'list', '--everybody', '--json');
  expect(JSON.parse(out).sessions).toHaveLength(3);
  expect((await sessions(root.token, 'revoke', '--name', 'token:ann')).out).toBe(
    '2 sessions of token:ann have ended\n',
  );
  expect((await sessions(root.token, 'list', '--name', 'token:ann')).out).toBe('no sessions\n');
});

test.each([[[]], [['0123456789abcdef', '--name', 'token:ann']]])(
  'revoke %j names none, or two',
  async (args) => {
    expect((await sessions(root.token, 'revoke', ...args)).code).toBe(2);
  },
);

test('the doctor calls a version that is told to nobody unknown, not wrong', async () => {
  const io = fakeIo();
  expect(await main(['doctor', '--api', url], io)).toBe(1);
  expect(io.printed.out).toMatch(/^wrong +you +the API wants to know who you are/m);
  expect(io.printed.out).toMatch(/^warning +version .*that of the API is not told to you/m);
});

test('a refusal in JSON names the page of its code, as the API does', async () => {
  const io = fakeIo();
  await main(['list', '--json', '--api', url], io);
  const answered = (await app.inject('/v1/rollouts')).json();
  expect(JSON.parse(io.printed.out)).toEqual({ ...answered, requestId: expect.any(String) });
  expect(answered.type).toBe('/docs/errors#unauthenticated');
});
