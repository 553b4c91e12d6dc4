/** What every metrics provider promises; a provider's own test runs this suite with a harness around a real source. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';

interface PublishedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface MetricsHarness {
  readonly provider: MetricsProvider;
  /** Makes the source hold these samples from now on and returns, once it does, a query that answers just them. */
  publish(name: string, samples: readonly PublishedSample[]): Promise<string>;
  /** A query that answers nothing. */
  readonly emptyQuery: string;
  /** A query that the source refuses. */
  readonly badQuery: string;
  /** Whether the source knows when a sample was taken; else it holds for all times. */
  readonly remembers: boolean;
  /** Takes the source away for good. */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A source with `numbersOnly` has neither several series, nor ranges, nor counters, nor NaN, and refuses what it has
 * not.
 */
export function metricsContract(
  name: string,
  start: () => Promise<MetricsHarness>,
  { numbersOnly = false }: { readonly numbersOnly?: boolean } = {},
): void {
  describe(`metrics contract: ${name}`, () => {
    let harness: MetricsHarness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(async () => {
      await harness?.close();
    });

    it('answers an instant query with labels, value and a time in milliseconds', async () => {
      const query = await harness.publish('contract_single', [{ labels: { version: 'v1' }, value: 4.25 }]);
      const before = Date.now();
      const [series, ...rest] = await harness.provider.instant(query);
      expect(rest).toEqual([]);
      expect(series?.labels).toMatchObject({ version: 'v1' });
      expect(series?.points).toHaveLength(1);
      const [atMs, value] = series?.points[0] ?? [0, 0];
      expect(value).toBe(4.25);
      expect(Math.abs(atMs - before)).toBeLessThan(60_000);
    });

    it('answers with an empty list where there is nothing', async () => {
      expect(await harness.provider.instant(harness.emptyQuery)).toEqual([]);
      const toMs = Date.now();
      const range = { fromMs: toMs - 10_000, toMs, stepMs: 1_000 };
      if (!numbersOnly) expect(await harness.provider.range(harness.emptyQuery, range)).toEqual([]);
    });

    it('evaluates at the time that is asked for', async () => {
      const query = await harness.publish('contract_at', [{ labels: {}, value: 7 }]);
      const atMs = Date.now();
      const [series] = await harness.provider.instant(query, { atMs });
      expect(series?.points[0]).toEqual([atMs, 7]);
    });

    if (numbersOnly) {
      it('refuses ranges and counters', async () => {
        const range = { fromMs: 0, toMs: 1_000, stepMs: 100 };
        await expectCode(harness.provider.range(harness.emptyQuery, range), 'metrics-query');
        await expectCode(harness.provider.counters(harness.emptyQuery, range), 'metrics-query');
      });
    } else {
      it('keeps several series apart', async () => {
        const query = await harness.publish('contract_several', [
          { labels: { version: 'v1' }, value: 1 },
          { labels: { version: 'v2' }, value: 2 },
        ]);
        const series = await harness.provider.instant(query);
        const values = series.map((one) => [one.labels.version, one.points[0]?.[1]]).sort();
        expect(values).toEqual([
          ['v1', 1],
          ['v2', 2],
        ]);
      });

      it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
        'hands %s on as it is',
        async (value) => {
          const query = await harness.publish(`contract_odd_${String(value).replace('-', 'minus_')}`, [
            { labels: {}, value },
          ]);
          const [series] = await harness.provider.instant(query);
          expect(series?.points[0]?.[1]).toBe(value);
        },
      );

      it('answers a range query oldest first, in steps, within the range', async () => {
        const query = await harness.publish('contract_range', [{ labels: { version: 'v1' }, value: 3 }]);
        const toMs = Date.now();
        const fromMs = toMs - 2_000;
        const [series, ...rest] = await harness.provider.range(query, { fromMs, toMs, stepMs: 100 });
        expect(rest).toEqual([]);
        const times = (series?.points ?? []).map(([atMs]) => atMs);
        expect(times.length).toBeGreaterThan(0);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times.every((atMs) => atMs >= fromMs && atMs <= toMs && (atMs - fromMs) % 100 === 0)).toBe(
          true,
        );
        expect(series?.points.every(([, value]) => value === 3)).toBe(true);
      });

      it('answers with the samples of counters as they were taken, and none from outside the time', async () => {
        const selector = await harness.publish('contract_total', [
          { labels: { version: 'v1' }, value: 11 },
          { labels: { version: 'v2' }, value: 22 },
        ]);
        const toMs = Date.now();
        const fromMs = toMs - 10_000;
        const series = await harness.provider.counters(selector, { fromMs, toMs });
        expect(series.map(({ labels }) => labels.version).sort()).toEqual(['v1', 'v2']);
        for (const { labels, points } of series) {
          expect(points.length).toBeGreaterThan(0);
          expect(points.every(([atMs]) => atMs > fromMs && atMs <= toMs)).toBe(true);
          expect(points.every(([, value]) => value === (labels.version === 'v1' ? 11 : 22))).toBe(true);
        }
        const past = { fromMs: fromMs - 7_200_000, toMs: fromMs - 7_190_000 };
        if (harness.remembers) expect(await harness.provider.counters(selector, past)).toEqual([]);
        expect(await harness.provider.counters(harness.emptyQuery, { fromMs, toMs })).toEqual([]);
      });
    }

    it('reports a query that the source refuses as metrics-query', async () => {
      await expectCode(harness.provider.instant(harness.badQuery), 'metrics-query');
      const toMs = Date.now();
      const range = { fromMs: toMs - 1_000, toMs, stepMs: 100 };
      await expectCode(harness.provider.range(harness.badQuery, range), 'metrics-query');
      await expectCode(harness.provider.counters(harness.badQuery, range), 'metrics-query');
    });

    it('gives up at once when cancelled', async () => {
      const signal = AbortSignal.abort();
      await expectCode(harness.provider.instant(harness.emptyQuery, { signal }), 'metrics-unavailable');
      const range = { signal, fromMs: 0, toMs: 1_000, stepMs: 100 };
      await expectCode(harness.provider.range(harness.emptyQuery, range), 'metrics-unavailable');
      await expectCode(harness.provider.counters(harness.emptyQuery, range), 'metrics-unavailable');
    });

    it('reports a source that is gone as metrics-unavailable, never as empty', async () => {
      await harness.vanish();
      await expectCode(harness.provider.instant(harness.emptyQuery), 'metrics-unavailable');
      if (numbersOnly) return;
      const range = { fromMs: 0, toMs: 1_000, stepMs: 100 };
      await expectCode(harness.provider.range(harness.emptyQuery, range), 'metrics-unavailable');
      await expectCode(harness.provider.counters(harness.emptyQuery, range), 'metrics-unavailable');
    });

    it('closes, also twice', async () => {
      await harness.provider.close();
      await harness.provider.close();
    });
  });
}

async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SluiceError);
  expect(error).toMatchObject({ code });
}
