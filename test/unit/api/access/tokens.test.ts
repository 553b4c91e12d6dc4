/** Tokens of the operator's file: good until they expire, are revoked or are not quite right. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAccessControl } from '../../../../src/api/access/authenticator.ts';
import { readTokens } from '../../../../src/api/access/tokens.ts';
import { processIo } from '../../../../src/cli/io.ts';
import { main } from '../../../../src/cli/program.ts';
import { fakeIo } from '../../cli/fakes.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
  file = join(folder, 'tokens.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function cli(...args: string[]) {
  const io = fakeIo({ replaceText: processIo().replaceText });
  const exitCode = await main(['tokens', ...args, '--file', file], io);
  return { exitCode, out: io.printed.out.trim(), err: io.printed.err };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error: { code?: string }) => error.code,
  );

describe('a token', () => {
  test('is shown once, is kept as a hash, and stands for its name and its grants', async () => {
    const { out, exitCode } = await cli(
      'create',
      '--name',
      'ci',
      '--role',
      'operator',
      '--environment',
      'dev',
    );
    expect(exitCode).toBe(0);
    const text = JSON.stringify(await readTokens(file));
    expect(text).not.toContain(out.slice('slc_0123456789ab_'.length));
    const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
    expect(await authenticate(`Bearer ${out}`)).toEqual({
      name: 'token:ci',
      verified: true,
      grants: [{ role: 'operator', environments: ['dev'], services: ['*'] }],
    });
    const listed = await cli('list', '--json');
    expect(listed.out).toContain('"name": "ci"');
    expect(listed.out).not.toContain('hash');
  });

  test('is good whatever blanks and case its scheme has', async () => {
    const { out } = await cli('create', '--name', 'ci', '--role', 'viewer');
    const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
    for (const sent of [`Bearer  ${out}`, `bearer   ${out}`]) {
      expect(await authenticate(sent)).toMatchObject({ name: 'token:ci' });
    }
  });

  test.each([
    [
      'with another secret',
      (token: string) => `Bearer ${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
    ],
    ['of another id', (token: string) => `Bearer ${token.replace(/_[a-z0-9]{12}_/, '_aaaaaaaaaaaa_')}`],
    ['cut short', (token: string) => `Bearer ${token.slice(0, 30)}`],
    ['as another scheme', (token: string) => `Basic ${token}`],
    ['that is empty', () => 'Bearer '],
    ['that is missing', () => undefined],
  ])('%s is refused', async (_, sent) => {
    const { out } = await cli('create', '--name', 'ci', '--role', 'viewer');
    const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
    expect(await codeOf(authenticate(sent(out)))).toBe('unauthenticated');
  });

  test('is refused from the moment of its end', async () => {
    const { out } = await cli('create', '--name', 'ci', '--role', 'viewer', '--expires', '12h');
    const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
    const [entry] = (await readTokens(file)).tokens;
    const clock = vi.spyOn(Date, 'now');
    clock.mockReturnValue(Date.parse(entry?.expires ?? '') - 1);
    expect(await codeOf(authenticate(`Bearer ${out}`))).toBe('fine');
    clock.mockReturnValue(Date.parse(entry?.expires ?? ''));
    expect(await codeOf(authenticate(`Bearer ${out}`))).toBe('unauthenticated');
    clock.mockRestore();
  });

  test('is refused once it is revoked, by an API that has seen it', async () => {
    const { out } = await cli('create', '--name', 'ci', '--role', 'viewer');
    const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
    expect(await codeOf(authenticate(`Bearer ${out}`))).toBe('fine');
    expect((await cli('revoke', 'ci')).exitCode).toBe(0);
    const nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + 1_001);
    expect(await codeOf(authenticate(`Bearer ${out}`))).toBe('unauthenticated');
    clock.mockRestore();
    expect(await cli('revoke', 'ci')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('no token'),
    });
  });
});

test('thousands of tokens are no reason to keep anybody out', async () => {
  await cli('create', '--name', 'first', '--role', 'viewer');
  const [first] = (await readTokens(file)).tokens;
  const others = Array.from({ length: 4_998 }, (_, index) => ({
    ...first,
    id: String(index).padStart(12, '0'),
    name: `n${index}`,
  }));
  await writeFile(file, JSON.stringify({ tokens: [first, ...others] }));
  const { out } = await cli('create', '--name', 'last', '--role', 'viewer');
  const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
  expect(await authenticate(`Bearer ${out}`)).toMatchObject({ name: 'token:last' });
  expect((await cli('create', '--name', 'too many', '--role', 'viewer')).exitCode).toBe(2);
});

test.each([
  ['missing', null],
  ['broken', 'tokens: [{ id: 7 }]'],
])('a file that is %s lets nobody in, and says why', async (_, text) => {
  if (text !== null) await writeFile(file, text);
  const authenticate = createAccessControl({ tokens: file, oidc: [], grants: [] }).authenticate;
  const token = `slc_aaaaaaaaaaaa_${'a'.repeat(43)}`;
  expect(await codeOf(authenticate(`Bearer ${token}`))).toBe('auth-unavailable');
});

test.each(['', 'PROD ', 'prod/shop'])(
  'a token for "%s", which is no name of a place, is not made',
  async (place) => {
    const made = await cli('create', '--name', 'ci', '--role', 'viewer', '--service', place);
    expect(made).toMatchObject({ exitCode: 2, err: expect.stringContaining('Give a name') });
  },
);

test('a token is not sent in clear to another machine', async () => {
  const io = fakeIo({ env: { SLUICE_TOKEN: 'slc_x' } });
  expect(await main(['list', '--api', 'http://sluice.example.com'], io)).toBe(2);
  expect(io.printed.err).toContain('without TLS');
});
