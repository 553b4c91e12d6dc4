/** How long the dashboard's list of rollouts keeps a real browser's main thread at a time, while somebody uses it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { tasksDuring } from './main-thread.ts';
import { round, summaryOf } from './report.ts';

/** Longer than this and a page is felt to hang. */
const longMs = 50;
const rowsOfScreen = 12;

interface ListUse {
  readonly url: string;
  /** Rollouts in the list, of services that are named `service-<number>`. */
  readonly count: number;
  /** How long only the rows change. */
  readonly seconds: number;
}

export async function tasksOfList(
  browser: Browser,
  { url, count, seconds }: ListUse,
): Promise<Record<string, string | number>[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const rows: Record<string, string | number>[] = [];
  const during = async (what: string, work: () => Promise<void>) => {
    const tasks = await tasksDuring(browser, page, work);
    const { n, p99, max } = summaryOf(tasks.map(({ tookMs }) => tookMs));
    const over = tasks.filter(({ tookMs }) => tookMs > longMs).length;
    const busyMs = round(tasks.reduce((sum, { tookMs }) => sum + tookMs, 0));
    const processorMs = tasks.flatMap((task) => task.processorMs ?? []);
    rows.push({
      during: what,
      tasks: n,
      'p99 ms': p99,
      'longest ms': max,
      'of a processor at most ms': processorMs.length === 0 ? 'not told' : round(Math.max(...processorMs)),
      [`over ${longMs} ms`]: over,
      'in all ms': busyMs,
    });
  };
  const shown = (name: RegExp) => page.getByRole('row', { name }).first().waitFor();

  await during('the load', async () => {
    await page.goto(`${url}/ui/`);
    await shown(/service-/);
  });
  await during(`${seconds} s of changes`, () => sleep(seconds * 1_000));
  await during('a scroll through all', async () => {
    for (let screen = 0; screen * rowsOfScreen < count; screen++) {
      await page.mouse.wheel(0, 740);
      await sleep(16);
    }
  });
  await during('a search', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('service-99', { delay: 60 });
    await shown(/service-99/);
  });
  await page.close();
  return rows;
}
