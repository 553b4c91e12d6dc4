/**
 * The page of one rollout: charts that move with every look, the past after a reload, and a version that is taken back.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { rolloutSeriesSchema } from '../../../src/api/contract.ts';
import { patienceMs } from '../../support/browser.ts';
import type { Dashboard } from '../../support/dashboard.ts';
import { tablesTooWide } from './tables.ts';

const patient = { timeout: patienceMs };
const check = 'success-rate';
/** Keeps the width of the widest time that was written into a chart, in pixels of the page. */
const measureTimes = `
  globalThis.widestTime = 0;
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    const widthPx = this.measureText(text).width / devicePixelRatio;
    if (/^\\d\\d:\\d\\d/.test(text)) globalThis.widestTime = Math.max(globalThis.widestTime, widthPx);
    return fillText.call(this, text, ...place);
  };
`;

/** From the end of what is drawn to the edge of the chart, in pixels of the page. */
const roomAtTheRight = `
  const rightOf = (name) => document.querySelector('.uplot ' + name).getBoundingClientRect().right;
  rightOf('canvas') - rightOf('.u-over');
`;

export function canaryStatus(use: () => Dashboard): void {
  it('shows a bad version being judged, look by look, and its way back', async () => {
    const { parts } = use();
    // The page is there when the warm-up ends, also one that takes its time, and so sees every look before the verdict.
    const run = await parts.ship('v9-errors-5', (plan) =>
      plan.replace('interval: 2s', 'interval: 1s').replace('warmUp: 3s', 'warmUp: 20s'),
    );
    const { page, context, seen } = await use().open('/rollouts/demo/shop');
    const card = page.getByRole('region', { name: 'success rate', exact: true });
    await card.locator('canvas').waitFor(patient);
    // The picture first: a look that comes in between is one of those that change it.
    const picture = await pictureOf(page);
    const first = await looksIn(page);
    await expect.poll(() => looksIn(page), patient).toBeGreaterThan(first);
    await expect.poll(() => pictureOf(page), patient).not.toBe(picture);

    await page.getByRole('heading', { name: 'Rolled back' }).waitFor(patient);
    await page.getByText(/The data plane read 0 after/).waitFor(patient);
    await card.getByText('fails', { exact: true }).first().waitFor();
    expect(await card.getByRole('img').getAttribute('aria-label')).toContain('canary');
    const looks = await looksKept(parts.apiUrl, run);
    await expect.poll(() => looksIn(page), patient).toBe(looks);

    // All of it comes from history now, by the run's own address.
    await page.goto(page.url().replace(/\?.*|$/, `?run=${run}`));
    await card.locator('canvas').waitFor(patient);
    await expect.poll(() => looksIn(page), patient).toBe(looks);
    await card.getByText(/looks as a table/).click();
    await expect.poll(() => card.getByRole('row').count()).toBe(looks + 1);
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await tablesTooWide(page)).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await context.close();
  }, 300_000);

  it('goes on to the next rollout where the address names no run, and stays with the run that it names', async () => {
    const { parts } = use();
    const before = await parts.ship('v2', (plan) => plan.replaceAll('soak: 20s', 'soak: 5m'));
    const latest = await use().open('/rollouts/demo/shop');
    const own = await use().open(`/rollouts/demo/shop?run=${before}`);
    await latest.page.getByRole('heading', { name: 'v2 has 10 % of traffic' }).waitFor(patient);
    await parts.command('rollback', { actor: 'ada', reason: 'seen enough' });
    for (const { page } of [latest, own])
      await page.getByRole('heading', { name: 'Rolled back' }).waitFor(patient);

    await parts.ship('v6', (plan) => plan.replaceAll('soak: 20s', 'soak: 5m'));
    await latest.page.getByText('demo/shop v6 has begun').first().waitFor(patient);
    await latest.page.getByRole('heading', { name: 'v6 has 10 % of traffic' }).waitFor(patient);
    await latest.page.getByRole('button', { name: 'Roll back', exact: true }).waitFor(patient);
    expect(await latest.page.getByRole('heading', { name: 'Rolled back' }).count()).toBe(0);
    await own.page.getByRole('heading', { name: 'Rolled back' }).waitFor();
    await parts.command('rollback', { actor: 'ada', reason: 'seen enough' });
    await latest.page.getByRole('heading', { name: 'Rolled back' }).waitFor(patient);
    expect([...latest.seen.complaints, ...own.seen.complaints]).toEqual([]);
    await latest.context.close();
    await own.context.close();
  }, 300_000);

  it('leaves room for the whole of a time at the right edge of a chart', async () => {
    const { page, context } = await use().open('/rollouts/demo/shop');
    await page.addInitScript(measureTimes);
    for (const width of [1280, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      await page.reload();
      const widest = () => page.evaluate<number>('globalThis.widestTime');
      await expect.poll(widest, patient).toBeGreaterThan(0);
      const roomPx = await page.evaluate<number>(roomAtTheRight);
      expect(roomPx, `${width} px`).toBeGreaterThanOrEqual((await widest()) / 2);
    }
    await context.close();
  });

  it('says which rollout is not known', async () => {
    const { page, context } = await use().open('/rollouts/demo/nowhere');
    await page.getByRole('heading', { name: 'No rollout of demo/nowhere is known' }).waitFor(patient);
    await context.close();
  });
}

/** In Temporal's history, once the rollout has ended. */
async function looksKept(apiUrl: string, run: string): Promise<number> {
  const answer = await fetch(`${apiUrl}/v1/rollouts/demo/shop/series?run=${run}`);
  const { stages } = rolloutSeriesSchema.parse(await answer.json());
  const kept = stages.flatMap(({ checks }) => checks).filter(({ name }) => name === check);
  return kept.reduce((sum, { verdict }) => sum + verdict.length, 0);
}

async function looksIn(page: Page): Promise<number> {
  const text = await page
    .getByText(/\d+ looks? as a table/)
    .first()
    .textContent();
  return Number(/\d+/.exec(text ?? '')?.[0] ?? 0);
}

async function pictureOf(page: Page): Promise<string> {
  return await page
    .getByRole('region', { name: 'success rate', exact: true })
    .locator('canvas')
    .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
}
