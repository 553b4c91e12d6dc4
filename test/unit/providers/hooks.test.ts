import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { verifySignature } from '../../../src/api/outside/signature.ts';
import { command } from '../../../src/providers/hooks/command.ts';
import { http } from '../../../src/providers/hooks/http.ts';
import type { HookCall } from '../../../src/providers/hooks/types.ts';

const call: HookCall = {
  id: 'rollout/demo/shop/run/act:0',
  target: 'demo/shop',
  action: 'flag-off',
  version: 'v2',
  stableVersion: 'v1',
  cause: 'too many errors',
};
const never = new AbortController().signal;

afterEach(() => vi.unstubAllEnvs());

describe('http', () => {
  it('posts the call as JSON with the operator\u2019s credentials, and takes any 2xx for done', async () => {
    vi.stubEnv('FLAGS_TOKEN', 'Bearer secret');
    const told: unknown[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      told.push(request.headers.authorization, JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(told.length > 2 ? 500 : 204).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/off`;
    const hook = http.create({ url, authorization: { env: 'FLAGS_TOKEN' } });
    await hook.call(call, never);
    expect(told).toEqual(['Bearer secret', call]);
    await expect(hook.call(call, never)).rejects.toMatchObject({
      code: 'hook-failed',
      message: 'The hook answered 500.',
    });
    server.close();
    await expect(hook.call(call, never)).rejects.toMatchObject({ code: 'hook-failed' });
  });

  it('signs what it posts, follows no redirect, and asks no metadata address', async () => {
    vi.stubEnv('HOOK_SECRET', 's3cret');
    const seen: { signature: string; body: Buffer }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push({ signature: String(request.headers['x-sluice-signature']), body: Buffer.concat(chunks) });
      response.writeHead(307, { location: 'http://169.254.169.254/' }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const signed = http.create({ url, secret: { env: 'HOOK_SECRET' } });
    await expect(signed.call(call, never)).rejects.toThrow(/redirect \(307\), which is never followed/);
    const [first] = seen;
    if (first === undefined) throw new Error('nobody was called');
    expect(verifySignature(first.signature, first.body, ['s3cret'], Date.now())).toBeGreaterThan(0);
    server.close();
    const own = http.create({ url: 'http://169.254.169.254/latest' });
    await expect(own.call(call, never)).rejects.toMatchObject({
      code: 'hook-failed',
      message: expect.stringContaining('metadata address'),
    });
    const unsigned = http.create({ url, secret: { env: 'NOT_THERE' } });
    await expect(unsigned.call(call, never)).rejects.toThrow(/variable NOT_THERE is missing/);
  });

  it('refuses an address with a password, and does not quote it', () => {
    const create = () => http.create({ url: 'https://ann:s3cret@flags.example/off' });
    expect(create).toThrow(/no user name and no password/);
    expect(create).not.toThrow(/s3cret/);
  });
});

describe('command', () => {
  const node = process.execPath;

  it('runs what the operator wrote, tells it the call, and keeps the worker\u2019s secrets from it', async () => {
    vi.stubEnv('DATABASE_PASSWORD', 'secret');
    const check = `const e = process.env;
      if (e.SLUICE_CAUSE !== 'too many errors' || e.SLUICE_TARGET !== 'demo/shop') process.exit(4);
      if (e.DATABASE_PASSWORD) process.exit(5);`;
    await expect(command.create({ command: [node, '-e', check] }).call(call, never)).resolves.toBeUndefined();
  });

  it('says how a command failed, and keeps to itself what it said, which may be a secret', async () => {
    const failing = command.create({
      command: [node, '-e', 'console.error("no such flag"); process.exit(3)'],
    });
    await expect(failing.call(call, never)).rejects.toThrow(/^(?!.*no such flag).*ended with code 3/);
    const missing = command.create({ command: ['/nowhere/at/all'] });
    await expect(missing.call(call, never)).rejects.toMatchObject({ code: 'hook-failed' });
  });

  it('kills a command that is still running when its time is over', async () => {
    const limit = new AbortController();
    const ended = command
      .create({ command: [node, '-e', 'setInterval(() => {}, 1000)'] })
      .call(call, limit.signal);
    limit.abort();
    await expect(ended).rejects.toThrow(/ended by SIGKILL/);
  });
});
