/** What holds for every page and what it shows: everybody can read it, on every screen. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violationsOn } from '../../support/axe.ts';
import { tablesTooWide } from './tables.ts';

const themes = ['light', 'dark'] as const;
const screens = [
  { width: 1280, height: 800 },
  { width: 360, height: 800 },
] as const;
/** Of 4K, not scaled. Whether somebody can read what they see depends on no more width than that of the others. */
const wall = { width: 3840, height: 2160 } as const;
/** Set by `npm run screenshots`. */
const pictures = process.env.SLUICE_SCREENSHOTS;

/** `name`: of its pictures in docs/screenshots. */
export async function expectForEverybody(page: Page, name: string): Promise<void> {
  for (const screen of screens) {
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const where = await expectFits(page, name, screen, theme);
      expect(await violationsOn(page), where).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await expectFits(page, name, wall, 'light');
  await page.setViewportSize(screens[0]);
}

type Screen = (typeof screens)[number] | typeof wall;

async function expectFits(page: Page, name: string, screen: Screen, theme: string): Promise<string> {
  await page.setViewportSize(screen);
  const where = `${name}, ${screen.width} px, ${theme}`;
  // Charts follow the size of the window a moment later.
  const width = () => page.evaluate('document.documentElement.scrollWidth');
  await expect.poll(width, { message: where }).toBeLessThanOrEqual(screen.width);
  expect(await tablesTooWide(page), where).toEqual([]);
  expect(await iconsTooSmall(page), where).toBe(0);
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}-${screen.width}-${theme}.png`) });
  }
  return where;
}

/** How many are clearly smaller than text is on this screen. */
async function iconsTooSmall(page: Page): Promise<unknown> {
  return await page.evaluate(
    `[...document.querySelectorAll('svg.icon, .brand-mark')]
      .map((icon) => icon.getBoundingClientRect().width)
      .filter((px) => px > 0 && px < 0.9 * parseFloat(getComputedStyle(document.documentElement).fontSize)).length`,
  );
}
