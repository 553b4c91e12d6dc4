/** The dashboard in a real browser over a real stack, for stories that share both. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { listenTo, patienceMs, type Seen, startBrowser } from './browser.ts';
import { freePortBase } from './free-ports.ts';
import { Parts } from './parts.ts';

interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly seen: Seen;
}

interface TabOptions {
  /** Default: 1280. */
  readonly width?: number;
  /** Default: light. */
  readonly theme?: 'light' | 'dark';
  /** Another API over the same stack. */
  readonly apiUrl?: string;
}

export class Dashboard {
  readonly parts: Parts;
  private readonly browser: Browser;

  private constructor(parts: Parts, browser: Browser) {
    this.parts = parts;
    this.browser = browser;
  }

  static async start(more: Readonly<Record<string, unknown>> = {}): Promise<Dashboard> {
    const [parts, browser] = await Promise.all([Parts.start(await freePortBase(), { more }), startBrowser()]);
    return new Dashboard(parts, browser);
  }

  async stop(): Promise<void> {
    await this.browser.close().finally(() => this.parts.stop());
  }

  /** A browser of its own, so to speak: nothing is remembered from tab to tab. The path is that under `/ui`. */
  async open(
    path: string,
    { width = 1280, theme = 'light', apiUrl = this.parts.apiUrl }: TabOptions = {},
  ): Promise<Tab> {
    const context = await this.browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: theme,
      // What is on its way in is not to be taken for what it will be.
      reducedMotion: 'reduce',
      locale: 'en-GB',
    });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const seen = listenTo(page);
    await page.goto(`${apiUrl}/ui${path}`);
    return { page, context, seen };
  }
}
