/**
 * Reads `/metrics` pages itself, without Prometheus: enough for checks that count. It knows selectors and how much they
 * grew, not PromQL.
 */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { within } from '../limit.ts';
import { readSettings } from '../settings.ts';
import { httpSource } from './http-source.ts';
import { grownIn, parseGrowth } from './scrape-growth.ts';
import { Page, type PageTarget } from './scrape-page.ts';
import { type ScrapeSettings, scrapeSettings } from './scrape-settings.ts';
import { targetsFor } from './scrape-targets.ts';
import { matcherTest, parseSelector, type Selector } from './selector-text.ts';
import type { MetricsProvider, MetricsProviderType, Series } from './types.ts';

/** A value that is older than this is no longer that of now; Prometheus thinks so too. */
const lookbackMs = 300_000;
/** Pages whose address a query filled in. */
const maxFilledPages = 100;
const maxSteps = 11_000;

export const scrape: MetricsProviderType = {
  type: 'scrape',
  summary: 'Reads pages of metrics itself, without Prometheus; for checks that count.',
  options: z.strictObject({}),
  settings: scrapeSettings,
  create: (settings) => createScrape(readSettings('scrape', scrapeSettings, settings)),
};

function createScrape(settings: ScrapeSettings): MetricsProvider {
  const source = httpSource(settings);
  const pages = new Map<string, Page>();

  const pageAt = (target: PageTarget, key: string): Page => {
    const known = pages.get(key);
    if (known !== undefined) return known;
    for (const [old, page] of pages) if (page.idle) pages.delete(old);
    if (pages.size >= settings.targets.length + maxFilledPages)
      throw new SluiceError(
        'metrics-unavailable',
        `More than ${maxFilledPages} pages are scraped at a time.`,
      );
    const page = new Page(target, settings, source);
    pages.set(key, page);
    return page;
  };

  /** The series that the selector picks, scraped not longer ago than the interval. */
  const pick = async (selector: Selector, signal: AbortSignal | undefined): Promise<readonly Series[]> => {
    if (signal?.aborted) throw cancelled();
    const test = matcherTest(selector);
    const targets = targetsFor(settings.targets, selector);
    const asked = targets.map(({ index, ...target }) => pageAt(target, `${index} ${target.url}`));
    await within(
      2 * settings.timeoutMs + 1_000,
      () => Promise.all(asked.map((page) => page.watch(selector.name))),
      signal,
    ).catch(() => {
      throw cancelled();
    });
    const found = asked.map((page) => ({
      page,
      series: page.seriesOf(selector.name).filter(({ labels }) => test(labels)),
    }));
    const failure = asked.find((page) => page.failure !== null)?.failure ?? null;
    // What is left of a page that is gone says nothing of now.
    const alive = found.some(({ page, series }) => page.failure === null && series.length > 0);
    if (failure !== null && !alive) throw new SluiceError('metrics-unavailable', failure);
    return found.flatMap(({ series }) => series.map(({ labels, points }) => ({ labels, points })));
  };

  return {
    async instant(query, { signal, atMs } = {}) {
      const growth = parseGrowth(query);
      const series = await pick(growth?.selector ?? plainSelector(query), signal);
      // What was scraped just now must be met.
      const toMs = atMs ?? Date.now();
      return growth === null ? sampled(series, [toMs]) : grownIn(series, growth, toMs);
    },
    async range(query, { signal, fromMs, toMs, stepMs }) {
      const steps = Math.floor((toMs - fromMs) / stepMs) + 1;
      if (!(steps >= 1 && steps <= maxSteps))
        throw new SluiceError('metrics-query', `The range must have 1 to ${maxSteps} steps.`);
      const times = Array.from({ length: steps }, (_, at) => fromMs + at * stepMs);
      return sampled(await pick(plainSelector(query), signal), times);
    },
    async counters(selector, { signal, fromMs, toMs }) {
      return (await pick(plainSelector(selector), signal)).flatMap(({ labels, points }) => {
        const within = points.filter(([atMs]) => atMs > fromMs && atMs <= toMs);
        return within.length === 0 ? [] : [{ labels, points: within }];
      });
    },
    async close() {
      for (const page of pages.values()) page.stop();
      pages.clear();
      source.close();
    },
  };
}

function plainSelector(query: string): Selector {
  const selector = parseSelector(query);
  if (selector.rangeMs === null) return selector;
  throw new SluiceError(
    'metrics-query',
    'Pages of metrics are read by a selector without a range, or by sum by (…) (increase(selector[…])): let the check count (`kind: counts`, selectors without {{window}}).',
  );
}

/** The latest value of each series at each time. */
function sampled(series: readonly Series[], times: readonly number[]): readonly Series[] {
  return series.flatMap(({ labels, points }) => {
    const at = times.flatMap((timeMs) => {
      const last = points.findLast(([takenMs]) => takenMs <= timeMs && takenMs > timeMs - lookbackMs);
      return last === undefined ? [] : [[timeMs, last[1]] as const];
    });
    return at.length === 0 ? [] : [{ labels, points: at }];
  });
}

function cancelled(): SluiceError {
  return new SluiceError('metrics-unavailable', 'The query was cancelled before the pages were read.');
}
