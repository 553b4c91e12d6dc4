/** What axe finds on a page, by WCAG 2.2 AA and what is good practice beside it. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const resultSchema = z.object({
  passes: z.number().min(1, 'axe looked at nothing'),
  violations: z.array(
    z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

/** One line each, with the elements that are at fault; empty: none. */
export async function violationsOn(page: Page): Promise<string[]> {
  // The page's own policy would let no foreign script in; what the browser is told to evaluate is not the page's.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  // What passed is counted only: to describe each element of it takes longer than to look at it.
  const options = { runOnly: tags, resultTypes: ['violations'] };
  const result = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)})
      .then(({ passes, violations }) => ({ passes: passes.length, violations }))`,
  );
  return resultSchema
    .parse(result)
    .violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
