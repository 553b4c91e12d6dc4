/** What people see of their accounts, where the API asks who they are: a yes needs two of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linkSchema, meSchema } from '../../../src/api/contract.ts';
import { patienceMs } from '../../support/browser.ts';
import type { Dashboard } from '../../support/dashboard.ts';
import { type GuardedApi, startGuardedApi } from '../../support/guarded-api.ts';
import { logInOnPage } from '../../support/openid/page.ts';
import { dialogButton, gated, write } from './acting.ts';
import { expectForEverybody } from './fits.ts';

const patient = { timeout: patienceMs };
const plan = gated.replace('orders', 'ledger');

export function accounts(use: () => Dashboard): void {
  let api: GuardedApi;
  beforeAll(async () => {
    api = await startGuardedApi(use().parts.config);
  });
  afterAll(() => api?.stop());

  /** Begins on the page of the login, and ends where one is led from it. */
  const logIn = async (account: string) => {
    const tab = await use().open('/login', { apiUrl: api.url });
    const provider = tab.page.getByRole('link', { name: 'Log in at Our own people' });
    await provider.waitFor(patient);
    return {
      ...tab,
      goOn: async () => {
        expect(tab.seen.complaints).toEqual([]);
        await provider.click();
        await logInOnPage(tab.page, account);
        await tab.page
          .getByRole('button', { name: `You are logged in as ${account}@example.com` })
          .getByTitle(`${account}@example.com`)
          .waitFor(patient);
        // What the provider's own pages lack is not ours.
        tab.seen.complaints.length = 0;
      },
    };
  };

  /** The page behind a link that an admin has made for bob. */
  const expectLinkForEverybody = async () => {
    const made = await fetch(`${api.url}/v1/rollouts/demo/ledger/approval-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ actor: 'bob@example.com' }),
    });
    const { url } = linkSchema.parse(await made.json());
    const { page, context, seen } = await use().open('/login', { apiUrl: api.url });
    await page.goto(url);
    await page.getByRole('button', { name: 'Approve' }).waitFor(patient);
    await expectForEverybody(page, 'approval-link');
    expect(seen.complaints).toEqual([]);
    await context.close();
  };

  it('lets everybody log in, and the account that began a rollout not approve it; another one may', async () => {
    const ann = await logIn('ann');
    await expectForEverybody(ann.page, 'login');
    await ann.goOn();
    await ann.page.goto(`${api.url}/ui/start`);
    await write(ann.page, plan);
    await ann.page.getByRole('button', { name: 'Start …' }).click(patient);
    await ann.page.getByRole('dialog').getByLabel('Reason').fill('a new one');
    await dialogButton(ann.page, 'Start').click();
    await ann.page.waitForURL(/\/ui\/rollouts\/demo\/ledger\?run=/, patient);
    await ann.page.goto(`${api.url}/ui/approvals`);
    const own = ann.page.getByRole('article', { name: /demo\/ledger/ });
    await own.getByText('it is your own').waitFor(patient);
    expect(await own.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    // Past the page it is refused too, though ann may approve what others began.
    const { session } = meSchema.parse(await (await ann.context.request.get(`${api.url}/v1/me`)).json());
    const refused = await ann.context.request.post(`${api.url}/v1/rollouts/demo/ledger/approve`, {
      headers: { origin: api.url, 'x-csrf-token': session?.csrf ?? '' },
      data: { reason: 'it is mine' },
    });
    expect([refused.status(), await refused.json()]).toMatchObject([409, { code: 'command-refused' }]);
    await expectLinkForEverybody();

    const bob = await logIn('bob');
    await bob.goOn();
    await bob.page.goto(`${api.url}/ui/approvals`);
    const question = bob.page.getByRole('article', { name: /demo\/ledger/ });
    await question.getByRole('button', { name: 'Approve' }).click(patient);
    await dialogButton(bob.page, 'Approve').click();
    await expect.poll(() => question.count(), patient).toBe(0);
    const approved = { status: { author: 'ann@example.com', approvals: [{ actor: 'bob@example.com' }] } };
    const ledger = async () =>
      await (await bob.context.request.get(`${api.url}/v1/rollouts/demo/ledger`)).json();
    await expect.poll(ledger, patient).toMatchObject(approved);

    await bob.page.getByRole('button', { name: 'You are logged in as bob@example.com' }).click(patient);
    await bob.page
      .getByRole('region', { name: 'Where you are logged in' })
      .getByText('this one')
      .waitFor(patient);
    await expectForEverybody(bob.page, 'sessions');
    expect([...ann.seen.complaints, ...bob.seen.complaints]).toEqual([]);
    await ann.context.close();
    await bob.context.close();
  }, 300_000);
}
