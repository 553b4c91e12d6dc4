/**
 * How long the dashboard's list keeps a browser's main thread at a time: while it loads, while rows change, while
 * somebody scrolls through all of it and searches. The rollouts are made up; API, page and browser are real.
 *
 *   npm run bench -- dashboard --rollouts 1000 --seconds 30
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../src/api/app.ts';
import { repoRoot } from '../src/stack/tools.ts';
import { startBrowser } from '../test/support/browser.ts';
import { fakeDeps, fakeRollouts } from '../test/unit/api/fakes.ts';
import { tasksOfList } from './support/list-page.ts';
import { movingRollouts } from './support/moving-rollouts.ts';
import { printTable } from './support/report.ts';

const { values } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
  },
});
const count = Number(values.rollouts);

const source = movingRollouts(count);
const app = await createApp(fakeDeps(fakeRollouts(source)), {
  dashboard: join(repoRoot(), 'dist/dashboard'),
});
const browser = await startBrowser();
try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const rows = await tasksOfList(browser, { url, count, seconds: Number(values.seconds) });
  printTable(`dashboard: main thread with ${count} rollouts in the list`, rows);
} finally {
  await browser.close();
  await app.close();
}
