/** Alertmanager itself posts its alerts to the API as events: what it sends is what the API reads. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { OutsideEvent } from '../../../src/domain/rollout/outside-event.ts';
import { startAlertmanager, type TestAlertmanager } from '../../support/alertmanager.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fakeDeps, fakeRollouts } from '../../unit/api/fakes.ts';

const token = 'a-token-of-the-operator';
const taken: { target: string; event: OutsideEvent }[] = [];
let app: FastifyInstance;
let source: TestAlertmanager;

beforeAll(async () => {
  const rollouts = fakeRollouts({
    event: async ({ environment, service }, event) => {
      taken.push({ target: `${environment}/${service}`, event });
      return {
        accepted: true,
        id: event.id,
        action: 'hold',
        why: null,
        duplicate: false,
        via: 'update',
        status: null,
      };
    },
  });
  const eventKeys = { secrets: async () => [], tokens: async () => [token] };
  app = await createApp({ ...fakeDeps(rollouts), eventKeys });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  source = await startAlertmanager({ url: `${url}/v1/rollouts/demo/shop/events`, token });
});
afterAll(async () => {
  await source?.stop();
  await app?.close();
});

it('is told that an alert fires, and under the same id as long as nothing changes', async () => {
  await source.fire({ alertname: 'ShopDown', severity: 'warning', version: 'v2' });
  const [first] = await waitFor('the webhook', () => (taken.length > 0 ? taken : null));
  expect(first).toMatchObject({
    target: 'demo/shop',
    event: {
      type: 'alert',
      severity: 'warning',
      title: 'ShopDown firing',
      source: 'alertmanager',
      version: 'v2',
    },
  });
  expect(Math.abs((first?.event.atMs ?? 0) - Date.now())).toBeLessThan(60_000);

  await source.resolve({ alertname: 'ShopDown', severity: 'warning', version: 'v2' });
  const over = await waitFor('the end', () => taken.find(({ event }) => event.severity === 'info'));
  expect(over.event).toMatchObject({ title: 'ShopDown resolved' });
  expect(over.event.id).not.toBe(first?.event.id);
});
