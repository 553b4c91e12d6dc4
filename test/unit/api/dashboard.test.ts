/**
 * The dashboard's files as a browser gets them: one page for every address, kept files, and a policy against foreign
 * code.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { problemSchema } from '../../../src/api/contract.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

const page = '<!doctype html><title>Sluice</title>';
const script = 'console.log("dashboard")';
let folder: string;
let app: FastifyInstance;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-dashboard-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'assets', 'main-1a2b.js'), script);
  writeFileSync(join(folder, 'assets', 'main-1a2b.js.br'), brotliCompressSync(script));
  app = await createApp(fakeDeps(fakeRollouts()), {
    dashboard: folder,
    authenticate: async () => {
      throw new SluiceError('unauthenticated', 'Nobody has said who asks.');
    },
  });
});

afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['/ui/', '/ui/rollouts/prod/my.shop?run=7', '/ui/assets'])(
  'shows its one page at %s to everybody, never from a cache',
  async (url) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(page);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
  },
);

test.each(['/', '/ui'])('leads from %s to its first page', async (url) => {
  const answer = await app.inject(url);
  expect([answer.statusCode, answer.headers.location]).toEqual([302, '/ui/']);
});

test('lets browsers keep files whose name says what is in them, compressed where they can read it', async () => {
  const url = '/ui/assets/main-1a2b.js';
  const plain = await app.inject(url);
  expect(plain.body).toBe(script);
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const small = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip' } });
  expect(small.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'application/javascript; charset=utf-8',
  });
  expect(brotliDecompressSync(small.rawPayload).toString()).toBe(script);
});

test.each([
  ['/ui/assets/main-0000.js', 'not-found'],
  ['/ui/assets/', 'not-found'],
  ['/ui/assets/..%2F..%2Fsecret', 'request-invalid'],
])('gives nothing out at %s, and lets nobody keep that answer', async (url, code) => {
  const answer = await app.inject(url);
  expect(problemSchema.parse(answer.json()).code).toBe(code);
  expect(answer.headers['cache-control']).toBe('no-store');
});

test('forbids scripts and styles in a page, whatever is not its own, and frames', async () => {
  const { headers } = await app.inject('/ui/');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test('is not there where the API is started without it', async () => {
  const bare = await createApp(fakeDeps(fakeRollouts()));
  expect((await bare.inject('/ui/')).statusCode).toBe(404);
  await bare.close();
});
