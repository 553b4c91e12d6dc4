/**
 * One page of metrics: scraped every interval while somebody asks for it, with the samples of what was asked for kept.
 */
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { HttpSource } from './http-source.ts';
import type { ScrapeSettings, ScrapeTarget } from './scrape-settings.ts';
import { parsePage, type Sample } from './scrape-text.ts';
import type { Series } from './types.ts';

/** Far longer than pages are. */
const maxBytes = 64 * 1024 * 1024;

interface Kept {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: [number, number][];
}

export type PageTarget = Pick<ScrapeTarget, 'url' | 'labels' | 'labelsFrom'>;

export class Page {
  readonly target: PageTarget;
  /** Why the latest scrape failed; null: it did not. */
  failure: string | null = null;
  private readonly settings: ScrapeSettings;
  private readonly source: HttpSource;
  private readonly kept = new Map<string, Kept>();
  /** Metrics that were asked for, and when last. */
  private readonly wanted = new Map<string, number>();
  private scrapedMs = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(target: PageTarget, settings: ScrapeSettings, source: HttpSource) {
    this.target = target;
    this.settings = settings;
    this.source = source;
  }

  /** Nobody has asked for anything in a long time. */
  get idle(): boolean {
    return this.wanted.size === 0;
  }

  /** Sees to it that the metric is scraped from now on, and has been not long ago. Never throws: see `failure`. */
  async watch(metric: string): Promise<void> {
    const known = this.wanted.has(metric);
    this.wanted.set(metric, Date.now());
    this.timer ??= setInterval(() => void this.tick(), this.settings.intervalMs).unref();
    if (!known) {
      // What is under way does not look for it yet.
      await this.running;
      await this.scrape();
    } else if (Date.now() - this.scrapedMs >= this.settings.intervalMs) await this.scrape();
    else await this.running;
  }

  seriesOf(metric: string): readonly Series[] {
    return [...this.kept.values()].filter(({ name }) => name === metric);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.kept.clear();
    this.wanted.clear();
  }

  private async tick(): Promise<void> {
    const oldestMs = Date.now() - this.settings.keepMs;
    for (const [metric, askedMs] of this.wanted) if (askedMs < oldestMs) this.wanted.delete(metric);
    if (this.idle) this.stop();
    else await this.scrape();
  }

  private scrape(): Promise<void> {
    this.running ??= this.read()
      .then(
        () => {
          this.failure = null;
        },
        (error: unknown) => {
          this.failure = messageOf(error);
        },
      )
      .finally(() => {
        this.scrapedMs = Date.now();
        this.running = null;
      });
    return this.running;
  }

  private async read(): Promise<void> {
    const { url, labelsFrom } = this.target;
    const names = new Set([...this.wanted.keys(), ...Object.values(labelsFrom).map(({ metric }) => metric)]);
    const samples = await this.source.ask(url, {
      method: 'GET',
      headers: { accept: 'text/plain;version=0.0.4' },
      maxBytes,
      read: ({ ok, status, body }) => {
        if (!ok) throw unavailable(url, `answered with HTTP ${status}`);
        return parsePage(url, body, (name) => names.has(name));
      },
    });
    this.keep(samples, Date.now());
  }

  private keep(samples: readonly Sample[], atMs: number): void {
    const { keepMs, maxSeries } = this.settings;
    for (const [key, one] of this.kept) {
      const recent = one.points.findIndex(([takenMs]) => takenMs > atMs - keepMs);
      one.points.splice(0, recent === -1 ? one.points.length : recent);
      if (one.points.length === 0 || !this.wanted.has(one.name)) this.kept.delete(key);
    }
    const own = this.labelsOf(samples);
    for (const { name, labels, value } of samples) {
      if (!this.wanted.has(name)) continue;
      const all = { instance: new URL(this.target.url).host, ...labels, ...own };
      const key = JSON.stringify([name, Object.entries(all).sort()]);
      const one: Kept = this.kept.get(key) ?? { name, labels: all, points: [] };
      if (one.points.length === 0 && this.kept.size >= maxSeries)
        throw unavailable(this.target.url, `has more than ${maxSeries} series of what checks ask for`);
      one.points.push([atMs, value]);
      this.kept.set(key, one);
    }
  }

  /** Of the operator's, and of the page's own telling; they replace what series say of themselves. */
  private labelsOf(samples: readonly Sample[]): Record<string, string> {
    const { url, labels, labelsFrom } = this.target;
    const told = Object.entries(labelsFrom).map(([label, from]) => {
      const value = samples.find(({ name }) => name === from.metric)?.labels[from.label];
      if (value !== undefined) return [label, value] as const;
      throw unavailable(
        url,
        `shows no ${from.metric} with a label ${from.label}, so that ${label} is not known`,
      );
    });
    return { ...labels, ...Object.fromEntries(told) };
  }
}

function unavailable(url: string, what: string): SluiceError {
  return new SluiceError('metrics-unavailable', `${url} ${what}.`);
}
