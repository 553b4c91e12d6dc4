/** A check that counts, on pages of two slots that are read without Prometheus: real HTTP, real restarts. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CountsEvidence } from '../../../src/domain/analysis/counts-check.ts';
import { presets } from '../../../src/domain/analysis/presets.ts';
import type { Verdict } from '../../../src/domain/analysis/types.ts';
import { countsOf } from '../../../src/domain/plan/document/counts-entry.ts';
import { lookAtCounts } from '../../../src/providers/metrics/bound-reading.ts';
import { scrape } from '../../../src/providers/metrics/scrape.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { metricLine } from '../../support/metric-line.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A slot that answers some requests each time its page is read, and does not say its version on every series. */
class Slot {
  version: string;
  failing: number;
  readonly server: Server;
  private good = 1_000;
  private bad = 0;
  /** How many times as slow as usual. */
  times = 1;
  private readonly upTo = new Map([0.05, 0.1, 0.25, 0.5, 1, Infinity].map((bound) => [bound, 0]));

  constructor(version: string, failing: number) {
    this.version = version;
    this.failing = failing;
    this.server = createServer((_request, response) => response.end(this.page()));
  }

  restart(): void {
    this.good = 0;
    this.bad = 0;
  }

  private page(): string {
    this.good += 100 - this.failing;
    this.bad += this.failing;
    for (let at = 0; at < 100; at++) {
      const seconds = (0.02 + 0.003 * at) * this.times;
      for (const [bound, count] of this.upTo) if (seconds <= bound) this.upTo.set(bound, count + 1);
    }
    const lines = [
      metricLine('build_info', { labels: { version: this.version }, value: 1 }),
      metricLine('http_requests_total', { labels: { status: '200' }, value: this.good }),
      metricLine('http_requests_total', { labels: { status: '500' }, value: this.bad }),
      ...[...this.upTo].map(([bound, value]) => {
        const le = bound === Infinity ? '+Inf' : String(bound);
        return metricLine('http_request_duration_seconds_bucket', { labels: { le }, value });
      }),
    ];
    return `${lines.join('\n')}\n`;
  }
}

let blue: Slot;
let green: Slot;
let provider: MetricsProvider;

beforeEach(async () => {
  blue = new Slot('v1', 0);
  green = new Slot('v2', 0);
  const urls = await Promise.all([blue, green].map(({ server }) => listening(server)));
  const labelsFrom = { version: { metric: 'build_info', label: 'version' } };
  const targets = urls.map((url) => ({ url, labels: { service: 'shop' }, labelsFrom }));
  provider = scrape.create({ targets, intervalMs: 10, timeoutMs: 60_000 });
});

afterEach(async () => {
  await provider.close();
  await Promise.all([blue, green].map(({ server }) => closed(server)));
});

it('finds the canary that fails, by the samples it has scraped itself', async () => {
  green.failing = 20;
  const looks = watching();
  const failed = await waitFor('proof', async () => ofKind('fail', await looks()));
  expect(failed.canary).toBeCloseTo(20, 0);
  expect(failed.stable).toBe(0);
});

it.each(['latency-p95', 'latency-mean'] as const)(
  'finds the slow canary by its histogram: %s',
  async (preset) => {
    green.times = 1.5;
    const looks = watching(preset);
    const failed = await waitFor('proof', async () => ofKind('fail', await looks()));
    expect(failed.reason).toMatch(
      /slow is above 0\.5.*; 9[59] % within 0\.\d+ .* on the canary, 0\.\d+ .* on stable$/,
    );
  },
);

it('passes the canary that is as fast', async () => {
  const looks = watching('latency-p95');
  const passed = await waitFor('a pass of many requests', async () => {
    const verdict = await looks();
    return verdict.kind === 'pass' && (verdict.canarySamples ?? 0) > 5_000 ? verdict : null;
  });
  expect(passed.evidence?.others?.map(({ bound }) => bound)).toContain('0.25');
});

it('counts on over restarts, and invents nothing at them', async () => {
  const looks = watching();
  await waitFor('a pass', async () => ofKind('pass', await looks()));
  for (let restarts = 0; restarts < 3; restarts++) {
    green.restart();
    const before = (await looks()).canarySamples ?? 0;
    await waitFor('more requests', async () => ((await looks()).canarySamples ?? 0) > before);
  }
  const last = await looks();
  expect(last).toMatchObject({ kind: 'pass', canary: 0, stable: 0 });
});

it('says error, not pass, once the page of the canary is gone', async () => {
  const looks = watching();
  await waitFor('a pass', async () => ofKind('pass', await looks()));
  await closed(green.server);
  const failed = await waitFor('the next scrape to fail', async () => ofKind('error', await looks()));
  expect(failed.reason).toContain('could not be reached');
});

function watching(
  preset: 'error-rate' | 'latency-p95' | 'latency-mean' = 'error-rate',
): () => Promise<Verdict> {
  const { counts } = presets[preset];
  if (counts === undefined) throw new Error('it is counted');
  const check = countsOf(counts, preset, {});
  const vars = { service: 'shop', environment: 'test', canary: 'v2', stable: 'v1', canaryShare: 0.5 };
  const fromMs = Date.now();
  let evidence: CountsEvidence | undefined;
  return async () => {
    const { signal } = new AbortController();
    const verdict = await lookAtCounts(provider, check, vars, { signal, atMs: Date.now(), fromMs, evidence });
    evidence = verdict.evidence;
    return verdict;
  };
}

function ofKind(kind: Verdict['kind'], verdict: Verdict): Verdict | null {
  return verdict.kind === kind ? verdict : null;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
