/** `sluice context`, and which API and token a command line means. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiAddressOf, tokenFor } from '../../../src/cli/api-url.ts';
import { processIo } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/program.ts';
import { fakeIo } from './fakes.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-context-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = () => join(folder, 'sluice', 'config.yaml');
const { replaceText } = processIo();

async function run(...args: string[]) {
  const io = fakeIo({ env: { XDG_CONFIG_HOME: folder }, cwd: folder, replaceText });
  const code = await main(args, io);
  return { code, ...io.printed };
}

async function twoContexts() {
  await run('context', 'set', 'prod', '--api', 'https://prod.example.com/', '--token-file', 'secret');
  await run('context', 'set', 'test', '--api', 'https://test.example.com', '--token-env', 'TEST_TOKEN');
}

test('contexts are made, listed, chosen, changed and forgotten', async () => {
  await twoContexts();
  expect((await run('context', 'current')).out).toBe('prod\n');
  expect(await run('context', 'use', 'test')).toMatchObject({
    code: 0,
    out: 'test is current: https://test.example.com\n',
  });
  const { out } = await run('context', 'list');
  expect(out).toMatch(/^ +prod +https:\/\/prod\.example\.com +\/.*\/secret$/m);
  expect(out).toMatch(/^\* +test +https:\/\/test\.example\.com +\$TEST_TOKEN$/m);
  await run('context', 'set', 'test', '--api', 'https://other.example.com');
  expect(JSON.parse((await run('context', 'list', '--json')).out).contexts[1]).toEqual({
    name: 'test',
    api: 'https://other.example.com',
    token: { env: 'TEST_TOKEN' },
  });
  expect((await run('context', 'delete', 'test')).code).toBe(0);
  expect(await run('context', 'current')).toMatchObject({ code: 2, out: '' });
});

test('only its owner may read the file', async () => {
  await twoContexts();
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'sluice'))).mode & 0o777).toBe(0o700);
});

test.each([
  [['context', 'use', 'pord'], 'did you mean "prod"'],
  [['context', 'delete', 'none'], 'There is no context "none"'],
  [['context', 'set', 'new'], 'Give its address with --api'],
  [['context', 'set', 'new', '--api', 'shop'], 'Give a URL such as http'],
  [['context', 'set', 'new', '--api', 'localhost:7201'], 'Write http://localhost:7201.'],
  [['context', 'set', 'new', '--api', 'sluice.example.com:443'], 'Write https://sluice.example.com:443, or'],
  [['context', 'set', '../x', '--api', 'https://a'], 'must be 1 to 63'],
  [['context', 'set', 'new', '--api', 'https://a', '--token-env', `slc_${'a'.repeat(12)}`], 'not the token'],
  [
    ['context', 'set', 'new', '--api', 'https://a', '--token-env', 'A', '--token-file', 'b'],
    'cannot be used with',
  ],
  [['list', '--context', 'none'], 'There is no context "none"'],
])('refuses %j', async (args, why) => {
  await twoContexts();
  const before = await readFile(file(), 'utf8');
  const { code, err } = await run(...args);
  expect(err).toContain(why);
  expect(code).toBe(2);
  expect(await readFile(file(), 'utf8')).toBe(before);
});

test('a token in the file is refused, and not shown', async () => {
  await twoContexts();
  await writeFile(file(), 'contexts: {prod: {api: "https://a", token: slc_secret}}');
  const { code, err } = await run('list');
  expect(code).toBe(2);
  expect(err).toContain('contexts.prod.token: names where the token is');
  expect(err).not.toContain('slc_secret');
});

test('what names the API goes before what does not name it so near', async () => {
  await twoContexts();
  const from = (flags: { api?: string; context?: string }, env: Record<string, string>) => {
    const { url, from: who } = apiAddressOf(flags, { env: { XDG_CONFIG_HOME: folder, ...env }, cwd: folder });
    return `${url} ${who}`;
  };
  const all = { SLUICE_API: 'https://env', SLUICE_CONTEXT: 'test' };
  expect(from({ api: 'https://flag', context: 'test' }, all)).toBe('https://flag --api');
  expect(from({ context: 'prod' }, all)).toBe('https://prod.example.com context prod, by --context');
  expect(from({}, all)).toBe('https://env SLUICE_API');
  expect(from({}, { SLUICE_CONTEXT: 'test' })).toBe(
    'https://test.example.com context test, by SLUICE_CONTEXT',
  );
  expect(from({}, {})).toBe('https://prod.example.com context prod, by the current context');
  await run('context', 'delete', 'prod');
  expect(from({}, {})).toBe('http://127.0.0.1:8080 the default');
});

test('a context’s token goes to its own API only, after SLUICE_TOKEN', async () => {
  await twoContexts();
  await writeFile(join(folder, 'secret'), 'of-prod\n');
  const token = (flags: { api?: string; context?: string }, more: Record<string, string> = {}) => {
    const io = { env: { XDG_CONFIG_HOME: folder, ...more }, cwd: folder };
    return tokenFor(apiAddressOf(flags, io), io)?.value;
  };
  expect(token({})).toBe('of-prod');
  expect(token({ context: 'test' }, { TEST_TOKEN: 'of-test' })).toBe('of-test');
  expect(token({}, { SLUICE_TOKEN: 'given' })).toBe('given');
  expect(token({ api: 'https://prod.example.com' })).toBeUndefined();
  expect(() => token({ context: 'test' })).toThrow('variable TEST_TOKEN, where there is none');
});

test('no home, no contexts: nothing is read, and nothing can be written', async () => {
  const io = fakeIo({ env: {}, replaceText });
  expect(await main(['context', 'list'], io)).toBe(0);
  expect(io.printed.out).toBe('no contexts\n');
  expect(await main(['context', 'set', 'a', '--api', 'https://a'], io)).toBe(2);
});
