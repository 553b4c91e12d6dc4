/** Somebody at the pages of the OpenID provider that tests log in at. */
import type { Page } from 'playwright-core';

/** From the provider's first page on, until it sends them back. */
export async function logInOnPage(page: Page, account: string): Promise<void> {
  await page.locator('input[name=login]').fill(account);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  // The next page of the provider has a button like that as well.
  await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
  await page.locator('button[type=submit]').click();
}
