/** What holds for every page, in both themes, on a narrow and on a wide screen. */
import type { Page, Route } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { configurationSchema, findingsSchema } from '../../../src/api/contract.ts';
import { examples } from '../../../src/api/examples/examples.ts';
import { assuringGates } from '../../support/assurance.ts';
import { violationsOn } from '../../support/axe.ts';
import { patienceMs } from '../../support/browser.ts';
import type { Dashboard } from '../../support/dashboard.ts';
import { pageRows } from '../pages.ts';
import { expectForEverybody } from './fits.ts';
import { tablesTooWide } from './tables.ts';

/** Of a page that is opened first, in bytes as they are sent. */
const loadLimit = 200_000;
/** With the editor's own code, which comes once its page is there. */
const editorLimit = 300_000;

/** A rollout that waits for a yes before it touches anything, so that pages have something to show. */
const waiting = `
service: payments
environment: demo
version: v7
traffic: haproxy
metrics: prometheus
workload: process
checks: [success-rate]
gates:
  - { gate: approval }
stages:
  - { weight: 10, soak: 20s }
`;

/** As much as gates and operators tell, of which the demo has nothing. */
const long = 'whatever somebody wrote of it, which may be a sentence or two';
const found = findingsSchema.parse(examples.getFindings.answer);
const checks = [
  { title: 'an owner', state: 'failed', score: 0, must: true, why: long, action: long },
] as const;
const attestations = [{ title: long, state: 'failed', why: long }] as const;
const findings = {
  ...found,
  readiness: found.readiness.map((one) => ({
    ...one,
    categories: one.categories.map((category) => ({ ...category, checks })),
  })),
  compliance: found.compliance.map((one) => ({
    ...one,
    phases: one.phases.map((phase) => ({ ...phase, attestations })),
  })),
};
const freezes = [
  {
    gate: 'freeze',
    name: long,
    from: '2030-12-20T00:00:00Z',
    to: '2031-01-03T00:00:00Z',
    environments: ['prod', 'prod-eu'],
    services: ['shop'],
    teams: ['payments'],
  },
];

/** What its gates found stands on the pages of security and readiness. */
const assured = waiting
  .replace('payments', 'accounts')
  .replace('v7', 'v3')
  .replace('  - { gate: approval }', assuringGates);

export function everyPage(use: () => Dashboard): void {
  beforeAll(async () => {
    const { apiUrl } = use().parts;
    const headers = { 'content-type': 'application/yaml' };
    for (const body of [waiting, assured]) {
      const answer = await fetch(`${apiUrl}/v1/rollouts`, { method: 'POST', headers, body });
      expect(answer.status, await answer.text()).toBe(201);
    }
  });

  it.each(pageRows)(
    '$name can be read by everybody, fits the screen, and loads nothing foreign',
    async (row) => {
      const { apiUrl } = use().parts;
      const { page, context, seen } = await use().open(row.path);
      await page.getByRole('main').getByText(row.shows).first().waitFor({ timeout: patienceMs });
      await expectForEverybody(page, row.name);
      expect(await page.title()).toContain('Sluice');
      const loaded = await loadedBytes(page);
      expect(loaded).toBeLessThan(row.name === 'start' ? editorLimit : loadLimit);
      expect(seen.complaints).toEqual([]);
      expect(seen.requests.filter((url) => !url.startsWith(apiUrl))).toEqual([]);
      await context.close();
    },
  );

  it.each([
    { path: '/rollouts/demo/shop/security', table: 'Phases of phases', shows: long },
    { path: '/rollouts/demo/shop/readiness', table: 'Checks of reliability', shows: `${long}; ${long}` },
    { path: '/configuration', table: 'Times in which nothing goes forward', shows: long },
  ])('$table are cards on a narrow screen, with nothing out of sight', async ({ path, table, shows }) => {
    const { page, context } = await use().open('/login', { width: 360 });
    await page.route(/\/findings$/, (route) => route.fulfill({ json: findings }));
    await page.route(/\/v1\/configuration$/, async (route) => {
      const configuration = configurationSchema.parse(await (await route.fetch()).json());
      await route.fulfill({ json: { ...configuration, freezes } });
    });
    await page.goto(`${use().parts.apiUrl}/ui${path}`);
    const cards = page.getByRole('region', { name: table });
    await cards.waitFor({ timeout: patienceMs });
    expect(await cards.getByText(shows).count()).toBeGreaterThan(0);
    expect(await tablesTooWide(page)).toEqual([]);
    expect(await cards.getByRole('columnheader').count()).toBeGreaterThan(3);
    expect(await violationsOn(page)).toEqual([]);
    await context.close();
  });

  it.each([
    ['security', /nothing is assured/],
    ['readiness', /No gate judged readiness/],
  ])('says in words that everybody can read that %s is not known', async (view, said) => {
    const { page, context } = await use().open(`/rollouts/demo/shop/${view}`);
    await page.getByText(said).first().waitFor({ timeout: patienceMs });
    expect(await violationsOn(page)).toEqual([]);
    await context.close();
  });

  it('the page of a start is there before its editor, which is most of it', async () => {
    const { apiUrl } = use().parts;
    const { page, context, seen } = await use().open('/login');
    const held: Route[] = [];
    await page.route(/plan-editor/, (route) => void held.push(route));
    await page.goto(`${apiUrl}/ui/start`);
    await page.getByRole('main').getByText('As it would run').waitFor({ timeout: patienceMs });
    await expect.poll(() => held.length, { timeout: patienceMs }).toBe(1);
    const loaded = await loadedBytes(page);
    expect(loaded).toBeLessThan(loadLimit);
    await Promise.all(held.map((route) => route.continue()));
    await page.getByRole('textbox', { name: 'Plan, in YAML' }).waitFor({ timeout: patienceMs });
    expect(await loadedBytes(page)).toBeGreaterThan(loaded);
    expect(seen.complaints).toEqual([]);
    await context.close();
  });
}

/** Of the dashboard itself, as it was sent: compressed. */
async function loadedBytes(page: Page): Promise<number> {
  return await page.evaluate(
    `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ name }) => new URL(name).pathname.startsWith('/ui/'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
  );
}
