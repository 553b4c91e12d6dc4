/**
 * Reports as pages in a real browser: nothing fails, nothing is asked for, charts are drawn, in light, dark and on
 * paper.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportKinds } from '../../../src/report/names.ts';
import { writeReport } from '../../../src/report/report.ts';
import { listenTo, startBrowser } from '../../support/browser.ts';
import { poisoned, richSource } from '../../support/report.ts';

// Texts, since what runs in the page knows other types than what runs here.
const measuredCharts = `[...document.querySelectorAll('svg')].map((svg) => {
  const { width, height } = svg.getBoundingClientRect();
  return { width, height, parts: svg.querySelectorAll('polyline,polygon,rect,circle,line').length };
})`;
/** Sums of red, green and blue of the text and of what is behind it. */
const measuredBrightness = `(() => {
  const sum = (colour) => (colour.match(/\\d+/g) ?? []).slice(0, 3).reduce((all, one) => all + Number(one), 0);
  const ground = document.body.appendChild(document.createElement('div'));
  ground.style.background = 'Canvas';
  const found = { ink: sum(getComputedStyle(document.body).color), ground: sum(getComputedStyle(ground).backgroundColor) };
  ground.remove();
  return found;
})()`;

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-report-'));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

function written(name: string, html: string): string {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, html);
  return pathToFileURL(file).href;
}

async function opened(name: string, html: string) {
  const url = written(name, html);
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  page.setDefaultTimeout(60_000);
  const seen = listenTo(page);
  await page.goto(url, { waitUntil: 'load' });
  return { page, seen, url };
}

const tablesOnly = ['compliance', 'readiness'];

describe.each(reportKinds)('a %s report', (kind) => {
  it('opens without a complaint, asks for nothing, and shows its charts', async () => {
    const { page, seen, url } = await opened(
      kind,
      writeReport(await richSource('rolled-back-by-check'), kind, 'html'),
    );
    expect(seen.complaints).toEqual([]);
    expect(seen.requests).toEqual([url]);
    const charts = await page.evaluate<{ width: number; height: number; parts: number }[]>(measuredCharts);
    if (!tablesOnly.includes(kind)) expect(charts.length).toBeGreaterThan(0);
    for (const { width, height, parts } of charts) {
      expect(width).toBeGreaterThan(500);
      expect(height).toBeGreaterThan(10);
      expect(parts).toBeGreaterThan(0);
    }
    const widest = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(widest).toBeLessThanOrEqual(1000);
    await page.close();
  });

  it('runs nothing of what was put into a plan, a reason or a fact', async () => {
    const source = poisoned(await richSource('gated-and-guarded'));
    const { page, seen, url } = await opened(`${kind}-poisoned`, writeReport(source, kind, 'html'));
    expect(seen).toEqual({ complaints: [], requests: [url] });
    expect(await page.locator('script, img, iframe, object, embed').count()).toBe(0);
    expect(await page.locator('body').textContent()).toContain('<script>alert("x")</script>');
    await page.close();
  });
});

it('can be read in the dark, in the light, and on paper', async () => {
  const { page } = await opened('modes', writeReport(await richSource('promoted'), 'deployment', 'html'));
  const brightness = () => page.evaluate<{ ink: number; ground: number }>(measuredBrightness);
  const contrast = async () => {
    const { ink, ground } = await brightness();
    return ink - ground;
  };
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await contrast()).toBeLessThan(-400);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await contrast()).toBeGreaterThan(400);
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  expect(await contrast()).toBeLessThan(-600);
  expect((await page.pdf({ format: 'A4' })).byteLength).toBeGreaterThan(10_000);
  await page.close();
});
