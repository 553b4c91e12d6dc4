/** What axe finds on a page, by WCAG 2.2 AA and what is good practice beside it. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const resultSchema = z.object({
  passes: z.array(z.unknown()).min(1, 'axe looked at nothing'),
  violations: z.array(
    z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

/** One line each, with the elements that are at fault; empty: none. */
export async function violationsOn(page: Page): Promise<string[]> {
  // The page's own policy would let no foreign script in; what the browser is told to evaluate is not the page's.
  await page.evaluate(axe.source);
  const result = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(tags)} })`);
  return resultSchema
    .parse(result)
    .violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
