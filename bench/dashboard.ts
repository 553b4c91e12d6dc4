/**
 * How long the dashboard's list keeps a browser's main thread at a time: while it loads, while rows change, while somebody
 * scrolls through all of it and searches. The rollouts are made up; API, page and browser are real.
 *
 *   npm run bench -- dashboard --rollouts 1000 --seconds 30
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createApp } from '../src/api/app.ts';
import { repoRoot } from '../src/stack/tools.ts';
import { startBrowser } from '../test/support/browser.ts';
import { fakeDeps, fakeRollouts } from '../test/unit/api/fakes.ts';
import { tasksDuring } from './support/main-thread.ts';
import { movingRollouts } from './support/moving-rollouts.ts';
import { printTable, round, summaryOf } from './support/report.ts';

const { values } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
  },
});
const count = Number(values.rollouts);
/** Longer than this and a page is felt to hang. */
const longMs = 50;

const source = movingRollouts(count);
const app = await createApp(fakeDeps(fakeRollouts(source)), {
  dashboard: join(repoRoot(), 'dist/dashboard'),
});
const browser = await startBrowser();
try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const rows: Record<string, string | number>[] = [];
  const during = async (what: string, work: () => Promise<void>) => {
    const tasks = await tasksDuring(browser, page, work);
    const { n, p99, max } = summaryOf(tasks);
    const over = tasks.filter((ms) => ms > longMs).length;
    const busyMs = round(tasks.reduce((sum, ms) => sum + ms, 0));
    rows.push({
      during: what,
      tasks: n,
      'p99 ms': p99,
      'longest ms': max,
      [`over ${longMs} ms`]: over,
      'in all ms': busyMs,
    });
  };

  await during('the load', async () => {
    await page.goto(`${url}/ui/`);
    await page
      .getByRole('row', { name: /service-/ })
      .first()
      .waitFor();
  });
  await during(`${values.seconds} s of changes`, () => sleep(Number(values.seconds) * 1_000));
  await during('a scroll through all', async () => {
    for (let screen = 0; screen * 12 < count; screen++) {
      await page.mouse.wheel(0, 740);
      await sleep(16);
    }
  });
  await during('a search', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('service-99', { delay: 60 });
    await page
      .getByRole('row', { name: /service-99/ })
      .first()
      .waitFor();
  });
  printTable(`dashboard: main thread with ${count} rollouts in the list`, rows);
} finally {
  await browser.close();
  await app.close();
}
