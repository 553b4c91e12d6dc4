/** The registry of metrics providers: a new one is one file and one line here. */
import { memory } from './memory.ts';
import { prometheus } from './prometheus.ts';
import { scrape } from './scrape.ts';
import type { MetricsProviderType } from './types.ts';
import { webhook } from './webhook.ts';

export const metricsProviders: readonly MetricsProviderType[] = [memory, prometheus, scrape, webhook];
