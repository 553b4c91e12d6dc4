/** What is done in the dashboard: plans begun from the editor, commands, a second person's yes, an emergency stop. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violationsOn } from '../../support/axe.ts';
import { patienceMs } from '../../support/browser.ts';
import type { Dashboard } from '../../support/dashboard.ts';
import { examplePlan } from '../../support/example-plan.ts';

const patient = { timeout: patienceMs };
/** What would run if a text of somebody's ever became a part of the page. */
const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
/** As long as the name of a stage may be. */
const longAndHostile = `${hostile} ${'w'.repeat(128)}`.slice(0, 128);
/** Waits for somebody before it touches anything. */
export const gated = `service: orders
environment: demo
version: v9
traffic: haproxy
metrics: prometheus
workload: process
checks: [success-rate]
gates: [{ gate: approval }]
stages: [{ weight: 10, soak: 20s }]
`;

export function acting(use: () => Dashboard): void {
  it('starts a good plan from the editor, pauses it, promotes it a stage and brings it back', async () => {
    const { parts } = use();
    const { page, context, seen } = await use().open('/start');
    await complete(page, 'traf', 'traffic: ');
    const first = { 'soak: 20s': 'soak: 5m', '{ weight: 10,': `{ name: '${longAndHostile}', weight: 10,` };
    await begin(page, examplePlan('shop-good.yaml', first), hostile);
    // Texts of somebody's are shown letter by letter, and none of them widens the page.
    await page.getByRole('list', { name: 'Stages' }).getByText(longAndHostile).waitFor(patient);
    await page.getByRole('region', { name: 'Events' }).getByText(hostile).waitFor(patient);
    const instances = page.getByRole('region', { name: 'Instances' });
    for (const name of ['canary v2: 1 of 1 ready', 'stable v1: 1 of 1 ready'])
      await instances.getByRole('heading', { name }).waitFor(patient);
    expect(await violationsOn(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 800 });
    // Charts follow the size of the window a moment later.
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), patient).toBe(360);
    await page.setViewportSize({ width: 1280, height: 800 });
    await act(page, 'Pause', 'a closer look');
    await page.getByRole('button', { name: 'Resume', exact: true }).click(patient);
    // Somebody else is faster, and whoever is about to do the same is told.
    await parts.command('resume', { actor: 'bob', reason: 'looks fine' });
    await page.getByRole('dialog').getByText('looks fine').waitFor(patient);
    await expect.poll(() => dialogButton(page, 'Resume').isDisabled(), patient).toBe(true);
    await page.keyboard.press('Escape');
    await act(page, 'Promote', 'good so far');
    await expect.poll(async () => (await parts.see()).status?.stage, patient).toBe(1);

    await page.getByRole('button', { name: 'Roll back', exact: true }).click(patient);
    await page.getByRole('dialog').getByText('All traffic goes back to v1 now').waitFor(patient);
    // What takes something away is never done by Enter.
    await page.getByLabel('Your name').press('Enter');
    await page.getByRole('dialog').getByLabel('Reason').fill('seen enough');
    expect((await parts.account()).cause).toBeNull();
    await dialogButton(page, 'Roll back').click();
    await page.getByRole('dialog').getByText('The data plane read 0 after').waitFor(patient);
    await expect.poll(async () => (await parts.see()).status?.outcome, patient).toBe('rolled-back');
    expect(await parts.account()).toMatchObject({
      author: 'ann',
      cause: { actor: 'ann', reason: 'seen enough' },
    });
    expect(seen.complaints).toEqual([]);
    await context.close();
  }, 300_000);

  it('starts a bad plan from the editor in place of the one that runs, and it is taken back by itself', async () => {
    const { parts } = use();
    const former = await parts.ship('v2', (plan) => plan.replaceAll('soak: 20s', 'soak: 5m'));
    const { page, context, seen } = await use().open('/start');
    await begin(page, examplePlan('shop-bad.yaml'), 'it looked good', async () => {
      await dialogButton(page, 'Supersede the running rollout …').click(patient);
      await dialogButton(page, 'Supersede and start').click();
    });
    expect(await parts.account(former)).toMatchObject({ version: 'v2', outcome: 'rolled-back' });
    await page.getByRole('heading', { name: 'Rolled back' }).waitFor({ timeout: 120_000 });
    expect(await parts.account()).toMatchObject({ version: 'v3', author: 'ann' });
    // It was refused once, as the browser notes too.
    expect(seen.complaints).toEqual([expect.stringContaining('409 (Conflict)')]);
    await context.close();
  }, 300_000);

  it('stops at once only what was typed letter by letter', async () => {
    const { parts } = use();
    await parts.ship('v2', (plan) => plan.replaceAll('soak: 20s', 'soak: 5m'));
    const { page, context, seen } = await use().open('/emergency');
    await page.getByLabel('Scope').fill('demo/shop');
    await page.getByRole('textbox', { name: 'Reason' }).fill('users are locked out');
    await page.getByLabel('Your name').fill('ann');
    const stop = page.getByRole('button', { name: 'Stop now' });
    await page.getByLabel('To confirm').fill('demo/sho');
    expect(await stop.isDisabled()).toBe(true);
    await page.getByLabel('To confirm').fill('demo/shop');
    await stop.click();
    await page.getByText('1 stopped, 0 not').waitFor(patient);
    await expect.poll(async () => (await parts.see()).status?.outcome, patient).toBe('rolled-back');

    // An emergency bars new rollouts until somebody releases it.
    await page.getByLabel('What', { exact: true }).selectOption('rollback');
    await page.getByLabel('To confirm').fill('demo/shop');
    await page.getByRole('button', { name: 'Bring back now' }).click();
    const emergency = page.getByRole('article', { name: /^Emergency / });
    await emergency.getByText('demo/shop: verified').waitFor(patient);
    await expect(parts.ship('v2')).rejects.toThrow('emergency');
    await emergency.getByRole('button', { name: 'Release …' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('users can log in again');
    await dialogButton(page, 'Release').click();
    await page.getByText('None is open.').waitFor(patient);
    expect(seen.complaints).toEqual([]);
    await context.close();
  }, 300_000);

  it('waits for a second person, who answers on the page of approvals', async () => {
    const { apiUrl } = use().parts;
    const ann = await use().open('/start');
    await begin(ann.page, gated, 'a new one');
    await ann.page.goto(`${apiUrl}/ui/approvals`);
    const own = ann.page.getByRole('article', { name: /demo\/orders/ });
    await own.getByText('it is your own').waitFor(patient);
    expect(await own.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);

    const bob = await use().open('/approvals');
    const question = bob.page.getByRole('article', { name: /demo\/orders/ });
    await question.getByRole('button', { name: 'Approve' }).click(patient);
    await bob.page.getByRole('dialog').locator('textarea:focus').waitFor(patient);
    await bob.page.getByRole('dialog').getByLabel('Your name').fill('bob');
    await dialogButton(bob.page, 'Approve').click();
    await expect.poll(() => question.count(), patient).toBe(0);
    const orders = async () => (await fetch(`${apiUrl}/v1/rollouts/demo/orders`)).json();
    const approved = { status: { author: 'ann', approvals: [{ actor: 'bob' }] } };
    await expect.poll(orders, patient).toMatchObject(approved);
    expect([...ann.seen.complaints, ...bob.seen.complaints]).toEqual([]);
    await ann.context.close();
    await bob.context.close();
  }, 300_000);
}

export function dialogButton(page: Page, name: string) {
  return page.getByRole('dialog').getByRole('button', { name, exact: true });
}

/**
 * What the plan's schema knows stands in a list while somebody types, and what is chosen is written; it is empty again
 * afterwards.
 */
async function complete(page: Page, typed: string, completed: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'Plan, in YAML' });
  await editor.focus(patient);
  await page.keyboard.type(typed);
  await page.keyboard.press('Control+Space');
  const name = completed.trim().replace(':', '');
  const option = page.getByRole('option', { name }).first();
  await option.waitFor(patient);
  const chosen = async () => {
    // While the list is made anew, as after each letter, the editor takes no choice.
    if (await option.isVisible()) await option.click({ timeout: 1_000 }).catch(() => {});
    return await editor.textContent();
  };
  await expect.poll(chosen, patient).toContain(completed);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
}

/** As ann, who says so in the dialog. Ends on the page of the rollout. `refused`: what is done when it is. */
async function begin(page: Page, plan: string, reason: string, refused?: () => Promise<void>): Promise<void> {
  await write(page, plan);
  await page.getByRole('button', { name: 'Start …' }).click(patient);
  await page.getByRole('dialog').getByLabel('Reason').fill(reason);
  await page.getByRole('dialog').getByLabel('Your name').fill('ann');
  await dialogButton(page, 'Start').click();
  await refused?.();
  await page.waitForURL(/\/ui\/rollouts\/demo\/\w+\?run=/, patient);
}

/** Puts a plan that can be started in the place of what is in the editor. */
export async function write(page: Page, plan: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'Plan, in YAML' });
  // On a busy machine a list of completions may still be open, and takes the keys.
  const written = async () => {
    await editor.focus(patient);
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(plan);
    const valid = page.getByText('It can be started').waitFor({ timeout: 10_000 });
    return await valid.then(
      () => true,
      () => false,
    );
  };
  await expect.poll(written, { timeout: 120_000 }).toBe(true);
}

async function act(page: Page, name: string, reason: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click(patient);
  await page.getByRole('dialog').getByLabel('Reason').fill(reason);
  await dialogButton(page, name).click();
  await expect.poll(() => page.getByRole('dialog').count(), patient).toBe(0);
}
