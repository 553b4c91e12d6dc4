/** What every source of alerts promises; a provider's own test runs this suite against a real source. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { AlertMatch, AlertsProvider } from '../../../src/providers/alerts/types.ts';

type Labels = Readonly<Record<string, string>>;

interface AlertsHarness {
  readonly provider: AlertsProvider;
  /** Makes an alert fire, from now on and until it is resolved. */
  fire(labels: Labels): Promise<void>;
  resolve(labels: Labels): Promise<void>;
  /** Takes the source away for good. */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

export function alertsContract(name: string, start: () => Promise<AlertsHarness>): void {
  describe(`alerts contract: ${name}`, () => {
    let harness: AlertsHarness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(async () => {
      await harness?.close();
    });
    const firing = async (match: AlertMatch) =>
      (await harness.provider.firing(match)).map((alert) => alert.name).sort();

    it('says that nothing fires only as an answer', async () => {
      expect(await firing({ alertname: ['NobodyKnowsIt'] })).toEqual([]);
    });

    it('tells what fires, with labels and since when', async () => {
      const before = Date.now();
      await harness.fire({ alertname: 'ShopDown', service: 'shop', severity: 'page' });
      const [alert, ...rest] = await harness.provider.firing({ alertname: ['ShopDown'] });
      expect(rest).toEqual([]);
      expect(alert).toMatchObject({ name: 'ShopDown', labels: { service: 'shop', severity: 'page' } });
      expect(Math.abs((alert?.startedAtMs ?? 0) - before)).toBeLessThan(60_000);
    });

    it('asks for every label, and for any of the values of each', async () => {
      await harness.fire({ alertname: 'ShopSlow', service: 'shop', severity: 'ticket' });
      await harness.fire({ alertname: 'CartDown', service: 'cart', severity: 'page' });
      expect(await firing({ service: ['shop'] })).toEqual(['ShopDown', 'ShopSlow']);
      expect(await firing({ service: ['shop'], severity: ['page'] })).toEqual(['ShopDown']);
      expect(await firing({ severity: ['page', 'ticket'] })).toEqual(['CartDown', 'ShopDown', 'ShopSlow']);
      expect(await firing({ severity: ['page', 'ticket'], service: ['none'] })).toEqual([]);
    });

    it.each(['a"b', 'back\\slash', 'two\nlines', 'pa.*', '(x|y)'])(
      'takes a value as it is, whatever signs it has: %j',
      async (value) => {
        await harness.fire({ alertname: 'Odd', odd: value });
        expect(await firing({ odd: [value] })).toEqual(['Odd']);
        expect(await firing({ odd: [value, 'other'] })).toEqual(['Odd']);
        expect(await firing({ odd: [`${value}?`, 'paint'] })).toEqual([]);
      },
    );

    it('forgets what is over', async () => {
      await harness.resolve({ alertname: 'CartDown', service: 'cart', severity: 'page' });
      expect(await firing({ service: ['cart'] })).toEqual([]);
    });

    it('gives up at once when cancelled', async () => {
      await expectUnavailable(harness.provider.firing({}, { signal: AbortSignal.abort() }));
    });

    it('reports a source that is gone, and never says that nothing fires', async () => {
      await harness.vanish();
      await expectUnavailable(harness.provider.firing({ alertname: ['ShopDown'] }));
    });

    it('closes, also twice', async () => {
      await harness.provider.close();
      await harness.provider.close();
    });
  });
}

async function expectUnavailable(promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SluiceError);
  expect(error).toMatchObject({ code: 'alerts-unavailable' });
}
