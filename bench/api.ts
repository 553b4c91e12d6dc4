/**
 * What many viewers of many rollouts cost: how long list and get take, what Temporal is asked, and how long the
 * dashboard's list keeps a browser's main thread at a time. Real Temporal server, real worker and API processes, real
 * HAProxy and Chromium.
 *
 *   npm run bench -- api --rollouts 1000 --viewers 100 --seconds 60 --rate 20
 *
 * Each of `--viewers` follows the list and one of ten rollouts. Meanwhile list and get are asked by turns, `--rate`
 * times a second together, for `--seconds`. Calls to Temporal are counted for so long with one viewer, who follows all
 * ten, and with all.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBrowser } from '../test/support/browser.ts';
import { startBenchStack } from './support/bench-stack.ts';
import { tasksOfList } from './support/list-page.ts';
import { request } from './support/plain-http.ts';
import { printTable, round, summaryOf } from './support/report.ts';
import { type Viewers, watch } from './support/viewers.ts';

const { values } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '1000' },
    viewers: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '20' },
  },
});
const services = Array.from({ length: Number(values.rollouts) }, (_, number) => `service-${number}`);
const viewers = Number(values.viewers);
const seconds = Number(values.seconds);
const rate = Number(values.rate);
/** So long after somebody has begun or ceased to watch, nothing is left of what was before. */
const settleMs = 5_000;

const board = '/v1/rollouts/events';
const followed = services.slice(0, 10).map((service) => `/v1/rollouts/bench/${service}/events`);

const stack = await startBenchStack(services);
try {
  await stack.startAll(services);
  const calls = [];
  calls.push(await callsWith(1, [board, ...followed]));
  const paths = Array.from({ length: viewers }, (_, at) => followed[at % followed.length] ?? board);
  const all = await watch(stack.apiUrl, [...paths.map(() => board), ...paths]);
  calls.push(await callsMade(viewers, all));
  printTable(`api: calls to Temporal in ${seconds} s, ${services.length} rollouts`, calls);

  const took = await ask();
  printTable(
    `api: milliseconds until the answer, ${services.length} rollouts, ${viewers} viewers, ${rate} requests a second`,
    [
      { asked: 'list', ...summaryOf(took.list), failed: took.failed.list, load: load() },
      { asked: 'get', ...summaryOf(took.get), failed: took.failed.get, load: load() },
    ],
  );

  // It would end this process at Ctrl-C before the stack is stopped; it goes with the process anyway.
  const browser = await startBrowser({ handleSIGINT: false });
  const rows = await tasksOfList(browser, { url: stack.apiUrl, count: services.length, seconds: 30 });
  await browser.close();
  printTable(`api: main thread with ${services.length} rollouts in the list, ${viewers} viewers`, rows);
  process.stderr.write(`load ${load()}\n`);
  all.close();
} finally {
  await stack.stop();
}

async function callsWith(count: number, paths: readonly string[]) {
  const some = await watch(stack.apiUrl, paths);
  const made = await callsMade(count, some);
  some.close();
  return made;
}

async function callsMade(count: number, watching: Viewers) {
  await sleep(settleMs);
  const before = await temporalCalls();
  const events = watching.events();
  await sleep(seconds * 1_000);
  const after = await temporalCalls();
  const by = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const names = [...after.keys()].filter((name) => by(name) > 0).sort();
  return {
    viewers: count,
    'in all': names.reduce((sum, name) => sum + by(name), 0),
    ...Object.fromEntries(names.map((name) => [name, by(name)])),
    events: watching.events() - events,
    load: load(),
  };
}

/** As the API counts them itself, by method. */
async function temporalCalls(): Promise<ReadonlyMap<string, number>> {
  const { body } = await request('GET', `${stack.apiUrl}/metrics`);
  const counts = new Map<string, number>();
  for (const line of body.split('\n')) {
    const method = /^sluice_temporal_calls_total\{.*method="([^"]*)"/.exec(line)?.[1];
    if (method !== undefined) counts.set(method, (counts.get(method) ?? 0) + Number(line.split(' ').at(-1)));
  }
  return counts;
}

/** At a steady rate, whether or not the answers before have come, as from people who know nothing of each other. */
async function ask() {
  const took = { list: [] as number[], get: [] as number[], failed: { list: 0, get: 0 } };
  const asked: Promise<void>[] = [];
  const one = async (kind: 'list' | 'get', path: string) => {
    const sentMs = performance.now();
    const { status, body } = await request('GET', `${stack.apiUrl}${path}`);
    if (status === 200) took[kind].push(performance.now() - sentMs);
    else {
      took.failed[kind] += 1;
      process.stderr.write(`${path} answered ${status} ${body}\n`);
    }
  };
  const beganMs = performance.now();
  for (let number = 0; number < rate * seconds; number += 1) {
    const waitMs = beganMs + (number * 1_000) / rate - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const service = services[(number * 7) % services.length] ?? '';
    asked.push(number % 2 === 0 ? one('list', '/v1/rollouts') : one('get', `/v1/rollouts/bench/${service}`));
  }
  await Promise.all(asked);
  return took;
}

function load(): number {
  return round(loadavg()[0] ?? Number.NaN);
}
