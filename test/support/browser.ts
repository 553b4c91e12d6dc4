/** A real browser for tests, without a window and with a profile of its own that is gone afterwards. */
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { locateTools } from '../../src/stack/tools.ts';

/** What a page shall show is there within a second or two, unless the machine is busy. */
export const patienceMs = 60_000;

export async function startBrowser(more: Pick<LaunchOptions, 'handleSIGINT'> = {}): Promise<Browser> {
  const { chromium: executablePath } = locateTools();
  if (executablePath === null)
    throw new Error('Chromium is missing. Run "npm run setup"; it says what to install.');
  return await chromium.launch({
    executablePath,
    timeout: patienceMs,
    ...more,
    args: [
      // Tests may run as root, and open only what they have written themselves.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Seen {
  /** Errors and warnings of the console, and what scripts threw. */
  readonly complaints: string[];
  /** Addresses that were asked for, the page's own among them. */
  readonly requests: string[];
}

/** To be called before the page goes anywhere. */
export function listenTo(page: Page): Seen {
  const seen: Seen = { complaints: [], requests: [] };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') seen.complaints.push(message.text());
  });
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  page.on('dialog', async (dialog) => {
    seen.complaints.push(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('request', (request) => seen.requests.push(request.url()));
  return seen;
}
