/**
 * The pages of the API in a real browser: the description under its policy, and logging in and out on the dashboard.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createAccessControl } from '../../src/api/access/authenticator.ts';
import { makeToken } from '../../src/api/access/tokens.ts';
import { createApp } from '../../src/api/app.ts';
import { authSection } from '../../src/providers/auth-settings.ts';
import { listenTo, patienceMs, type Seen, startBrowser } from '../support/browser.ts';
import { freePorts } from '../support/free-ports.ts';
import { logInOnPage } from '../support/openid/page.ts';
import { type OpenIdProvider, startProvider } from '../support/openid/process.ts';
import { emergencyViewOf, fakeDeps, fakeRollouts } from '../unit/api/fakes.ts';

const dashboard = resolve(import.meta.dirname, '../../dist/dashboard');
const grants = [{ role: 'admin' as const, environments: ['*'], services: ['*'] }];
const { token, entry } = makeToken('laptop', grants, Date.now(), 3_600_000);
const emergencies = Array.from({ length: 45 }, (_, at) => ({
  ...emergencyViewOf(),
  id: `demo-shop-${at}`,
  runId: `run-${at}`,
  scope: [`demo/shop-${at}`],
  open: at < 22,
}));
let folder: string;
let provider: OpenIdProvider;
let app: FastifyInstance;
let address: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let seen: Seen;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-login-'));
  await writeFile(join(folder, 'tokens.yaml'), JSON.stringify({ tokens: [entry] }));
  vi.stubEnv('SESSION_KEY', randomBytes(32).toString('base64'));
  vi.stubEnv('CLIENT_SECRET', 'a client secret');
  const [port = 0] = await freePorts(1);
  address = `http://127.0.0.1:${port}`;
  [provider, browser] = await Promise.all([startProvider([`${address}/auth/callback`]), startBrowser()]);
  const auth = authSection.parse({
    tokens: join(folder, 'tokens.yaml'),
    oidc: [
      {
        ...{ issuer: provider.issuer, audience: 'sluice', nameClaim: 'email' },
        login: { clientId: 'sluice', clientSecret: { env: 'CLIENT_SECRET' }, name: 'Our own people' },
      },
    ],
    grants: [{ role: 'viewer', to: ['ann@example.com'] }],
    sessions: { keys: [{ env: 'SESSION_KEY' }], folder: join(folder, 'sessions') },
  });
  const rollouts = fakeRollouts({
    list: async () => ({ rollouts: [], next: null }),
    running: async () => ({ askedAtMs: Date.now(), rollouts: [] }),
    emergencies: async ({ limit, cursor }) => {
      const from = cursor === undefined ? 0 : Number(cursor);
      const page = emergencies.slice(from, from + limit);
      return { emergencies: page, next: from + limit < emergencies.length ? `${from + limit}` : null };
    },
    emergency: async (id) => ({ ...emergencyViewOf(), id, scope: [id], status: null }),
  });
  app = await createApp(fakeDeps(rollouts), { ...createAccessControl(auth), dashboard });
  await app.listen({ host: '127.0.0.1', port });
});
afterAll(async () => {
  await Promise.all([browser?.close(), app?.close(), provider?.stop()]);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(patienceMs);
  page = await context.newPage();
  seen = listenTo(page);
});
afterEach(() => context?.close());

/** That somebody has to log in is told by a status, which the browser's console repeats. */
const complaints = () => seen.complaints.filter((text) => !/status of 401/.test(text));

test('the page of the description works under its policy, and asks nobody else for anything', async () => {
  await page.goto(`${address}/docs`);
  await page.getByText('/v1/emergency-stop', { exact: true }).first().waitFor();
  // One icon of it brings a style along, which does nothing here.
  expect(seen.complaints.filter((text) => !text.startsWith('Applying inline style'))).toEqual([]);
  expect(seen.requests.filter((url) => !url.startsWith(address) && !url.startsWith('data:'))).toEqual([]);
});

async function logIn(there: Page): Promise<void> {
  await there.goto(`${address}/ui/login`);
  await there.getByLabel('API token').fill(token);
  await there.getByRole('button', { name: 'Log in with the token' }).click();
  await there.getByRole('button', { name: 'You are logged in as token:laptop' }).waitFor();
}

test('with a token one gets where one was going, by a cookie that no script reads, and out again', async () => {
  await page.goto(`${address}/ui/elsewhere`);
  await page.getByRole('link', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.getByLabel('API token').fill('wrong');
  await page.getByRole('button', { name: 'Log in with the token' }).click();
  await page.getByRole('alert').getByText('unauthenticated', { exact: true }).waitFor();
  await page.getByLabel('API token').fill(token);
  await page.getByRole('button', { name: 'Log in with the token' }).click();
  await page.waitForURL(`${address}/ui/elsewhere`);
  expect(await context.cookies()).toMatchObject([
    { name: '__Host-sluice', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
  ]);
  expect(await page.evaluate('document.cookie')).toBe('');
  await page.getByRole('button', { name: 'You are logged in as token:laptop' }).click();
  await page.getByRole('button', { name: 'Log out', exact: true }).click();
  await page.waitForURL(`${address}/ui/login`);
  expect(await context.cookies()).toEqual([]);
  expect(complaints()).toEqual([]);
});

test('behind the name stands where one is logged in; what is ended there is over in the other browser', async () => {
  const forgotten = await browser.newContext();
  forgotten.setDefaultTimeout(patienceMs);
  const elsewhere = await forgotten.newPage();
  await logIn(elsewhere);
  await logIn(page);
  await page.getByRole('button', { name: 'You are logged in as token:laptop' }).click();
  const sessions = page.getByRole('region', { name: 'Where you are logged in' }).getByRole('listitem');
  const other = sessions.filter({ hasNotText: 'this one' });
  await other.getByRole('button', { name: /^End the session of/ }).click();
  await other.waitFor({ state: 'detached' });
  expect(await sessions.count()).toBe(1);
  await elsewhere.reload();
  await elsewhere.getByRole('link', { name: 'Log in', exact: true }).waitFor();
  await forgotten.close();
  await sessions.getByRole('button', { name: /^End the session of/ }).click();
  await page.waitForURL(`${address}/ui/login`);
  expect(complaints()).toEqual([]);
});

test('whose session ends while writing a plan is told so, can log in there, and finds the plan again', async () => {
  await logIn(page);
  await page.goto(`${address}/ui/start`);
  const editor = page.getByRole('textbox', { name: 'Plan, in YAML' });
  await editor.focus();
  await page.keyboard.insertText('service: shop\nsevice: shop\n');
  const findings = page.getByRole('button', { name: /^Problem line/ });
  await findings.first().waitFor();
  await context.clearCookies();
  await page.keyboard.insertText('environment: demo\n');
  const main = page.getByRole('main');
  await main.getByText('You are not logged in').waitFor();
  expect(await main.textContent()).not.toContain('Bearer');
  expect(await findings.count()).toBe(0);
  await page.getByRole('banner').getByRole('link', { name: 'Log in', exact: true }).waitFor();
  await main.getByRole('link', { name: 'Log in', exact: true }).click();
  await page.getByLabel('API token').fill('wrong');
  await page.getByRole('button', { name: 'Log in with the token' }).click();
  await page.getByRole('alert').getByText('Paste all of it.').waitFor();
  expect(await main.getByRole('link', { name: 'Log in', exact: true }).count()).toBe(0);
  await page.getByLabel('API token').fill(token);
  await page.getByRole('button', { name: 'Log in with the token' }).click();
  await page.waitForURL(`${address}/ui/start`);
  await expect.poll(() => editor.textContent(), { timeout: patienceMs }).toContain('environment: demo');
  await findings.first().waitFor();
  expect(complaints()).toEqual([]);
});

test('at a provider one logs in there, and comes back as who one is', async () => {
  await page.goto(`${address}/ui/`);
  await page.getByRole('link', { name: 'Log in', exact: true }).click();
  await page.getByRole('link', { name: 'Log in at Our own people' }).click();
  await logInOnPage(page, 'ann');
  await page.waitForURL(`${address}/ui/`);
  await page.getByRole('button', { name: 'You are logged in as ann@example.com' }).waitFor();
});

test('emergencies come page after page, those that are open first', async () => {
  await logIn(page);
  await page.goto(`${address}/ui/emergency`);
  const cards = page.getByRole('article', { name: /^Emergency / });
  const shows = (name: string) =>
    page.getByRole('article', { name: `Emergency ${name}`, exact: true }).waitFor();
  await shows('demo-shop-19');
  expect(await cards.count()).toBe(20);
  await page.getByRole('button', { name: 'Older' }).click();
  await shows('demo-shop-20');
  expect(await cards.count()).toBe(2);
  await page.getByText('Released before (18)').waitFor();
  await page.getByRole('button', { name: 'Older' }).click();
  await page.getByText('None of this page is open.').waitFor();
  await page.getByText('Released before (5)').click();
  await page.getByRole('button', { name: 'demo-shop-44' }).click();
  await shows('demo-shop-44');
  await page.getByRole('button', { name: 'Newer' }).click();
  await shows('demo-shop-21');
  expect(complaints()).toEqual([]);
});
