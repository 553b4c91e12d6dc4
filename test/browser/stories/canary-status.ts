/** The page of one rollout: charts that move with every look, the past after a reload, and a version that is taken back. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Dashboard } from '../../support/dashboard.ts';

const patient = { timeout: 30_000 };

export function canaryStatus(use: () => Dashboard): void {
  it('shows a bad version being judged, look by look, and its way back', async () => {
    const { parts } = use();
    const run = await parts.ship('v9-errors-20');
    const { page, context, seen } = await use().open('/rollouts/demo/shop');
    const card = page.getByRole('region', { name: 'success rate', exact: true });
    await card.locator('canvas').waitFor(patient);
    const first = { looks: await looksIn(page), picture: await pictureOf(page) };
    await expect.poll(() => looksIn(page), patient).toBeGreaterThan(first.looks);
    expect(await pictureOf(page)).not.toBe(first.picture);

    await page.getByRole('heading', { name: 'Rolled back' }).waitFor(patient);
    await page.getByText(/The data plane read 0 after/).waitFor(patient);
    await card.getByText('fails', { exact: true }).first().waitFor();
    expect(await card.getByRole('img').getAttribute('aria-label')).toContain('canary');
    const looks = await looksIn(page);

    // All of it comes from history now, by the run's own address.
    await page.goto(page.url().replace(/\?.*|$/, `?run=${run}`));
    await card.locator('canvas').waitFor(patient);
    await expect.poll(() => looksIn(page), patient).toBe(looks);
    await card.getByText(/looks as a table/).click();
    await expect.poll(() => card.getByRole('row').count()).toBe(looks + 1);
    expect(seen.complaints).toEqual([]);
    await context.close();
  }, 120_000);

  it('says which rollout is not known', async () => {
    const { page, context } = await use().open('/rollouts/demo/nowhere');
    await page.getByRole('heading', { name: 'No rollout of demo/nowhere is known' }).waitFor(patient);
    await context.close();
  });
}

async function looksIn(page: Page): Promise<number> {
  const text = await page
    .getByText(/\d+ looks? as a table/)
    .first()
    .textContent();
  return Number(/\d+/.exec(text ?? '')?.[0] ?? 0);
}

async function pictureOf(page: Page): Promise<string> {
  return await page
    .getByRole('region', { name: 'success rate', exact: true })
    .locator('canvas')
    .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
}
