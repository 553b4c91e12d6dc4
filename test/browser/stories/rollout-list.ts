/** The live list: empty at first, then a rollout that moves, a network that goes and comes back, and how it ended. */
import { expect, it } from 'vitest';
import { patienceMs } from '../../support/browser.ts';
import type { Dashboard } from '../../support/dashboard.ts';

const patient = { timeout: patienceMs };

export function rolloutList(use: () => Dashboard): void {
  it('offers a first plan while there is nothing to show', async () => {
    const { page, context } = await use().open('/');
    await page.getByRole('heading', { name: 'No rollout runs' }).waitFor();
    expect(await page.locator('pre').textContent()).toContain('service: shop');
    await context.close();
  });

  it('shows a rollout move, says when it cannot know, and has what it missed once it can', async () => {
    const { parts } = use();
    const { page, context, seen } = await use().open('/');
    await page.getByRole('heading', { name: 'No rollout runs' }).waitFor();
    await parts.ship('v2', (plan) => plan.replaceAll('soak: 20s', 'soak: 5m'));
    const row = page.getByRole('row', { name: /shop v2/ });
    await row.getByText('stage 1 of 3: 10%').waitFor(patient);
    await row.getByText('of 2 pass').waitFor(patient);
    await expect.poll(() => row.textContent()).toMatch(/10 %, measured \d/);
    await parts.command('promote', { actor: 'ada', reason: 'good so far' });
    await row.getByText('stage 2 of 3: 25%').waitFor(patient);
    expect(seen.complaints).toEqual([]);

    await context.setOffline(true);
    await page.getByText(/What you see is \d+ s old/).waitFor();
    await page.getByText('Connection lost').first().waitFor();
    await parts.command('pause', { actor: 'ada', reason: 'to look closer' });
    await context.setOffline(false);
    await row.getByText('Paused', { exact: true }).waitFor(patient);
    await row.getByText('paused by ada: to look closer').waitFor(patient);
    await expect.poll(() => page.getByText('Connection lost').count(), patient).toBe(0);

    await parts.command('rollback', { actor: 'ada', reason: 'seen enough' });
    await row.getByText('Rolled back').waitFor(patient);
    await row.getByText('seen enough').waitFor(patient);
    await context.close();
  }, 240_000);

  it('finds rollouts by state and by words, and keeps the choice in the address', async () => {
    const { page, context } = await use().open('/');
    const row = page.getByRole('row', { name: /shop v2/ });
    await row.waitFor();
    await page.getByRole('button', { name: 'in trouble' }).click();
    await page.getByRole('heading', { name: 'Nothing like that' }).waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe('?state=trouble');
    await page.getByRole('button', { name: 'Show all' }).click();
    await row.waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('shop api');
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('shop api');
    await row.waitFor();
    await page.keyboard.type(' nobody');
    await page.getByRole('heading', { name: 'Nothing like that' }).waitFor();
    await context.close();
  });

  it('keeps how it ended in the history, which is searched by how names begin', async () => {
    const { page, context } = await use().open('/');
    await page.getByRole('link', { name: 'History' }).click();
    const row = page.getByRole('row', { name: /demo\/shop/ });
    await row.getByText('Rolled back').waitFor();
    await page.getByLabel('Outcome').selectOption('Promoted');
    await page.getByText('No rollout has ended like that').waitFor();
    await page.getByLabel('Outcome').selectOption('Rolled back');
    await page.getByRole('searchbox').fill('demo/sh');
    await row.waitFor();
    await page.getByRole('searchbox').fill('other');
    await page.getByText('No rollout has ended like that').waitFor();
    await context.close();
  });

  it('is used by keyboard alone: past the header, through the tabs, to the first rollout', async () => {
    const { page, context } = await use().open('/');
    await page.getByRole('row', { name: /shop v2/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('main:focus').waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator(':focus').textContent()).toBe('Now');
    await context.close();
  });
}
