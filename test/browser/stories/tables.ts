/** Tables as they are on the screen. */
import type { Page } from 'playwright-core';

/**
 * The names of those of which something is out of sight; on narrow screens their rows are cards, so none should be. Of
 * plain pages: those that are wider than the text.
 */
export async function tablesTooWide(page: Page): Promise<unknown> {
  return await page.evaluate(
    `[...document.querySelectorAll('.table-scroll, main:has(> table)')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => box.ariaLabel ?? box.localName)`,
  );
}
