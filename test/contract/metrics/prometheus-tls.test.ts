/** Prometheus behind a server that wants a certificate of whoever asks, and headers that are secrets. */
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prometheus } from '../../../src/providers/metrics/prometheus.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';

let folder: string;
let good: Certificates;
let strange: Certificates;
let server: Server;
let url: string;
let seen: { headers: IncomingHttpHeaders; body: string } | null = null;
const made: MetricsProvider[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
  const [a, b] = [join(folder, 'good'), join(folder, 'strange')];
  await Promise.all([mkdir(a), mkdir(b)]);
  [good, strange] = await Promise.all([makeCertificates(a), makeCertificates(b)]);
  const [ca, cert, key] = await Promise.all(
    [good.ca, good.server.cert, good.server.key].map((path) => readFile(path)),
  );
  server = createServer(
    { ca, cert, key, requestCert: true, rejectUnauthorized: true },
    async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen = { headers: request.headers, body };
      const result = [{ metric: { a: 'b' }, value: [1, '2'] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(made.map((provider) => provider.close()));
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await rm(folder, { recursive: true, force: true });
});

function providerWith(settings: object): MetricsProvider {
  const provider = prometheus.create({ url, ...settings });
  made.push(provider);
  return provider;
}

const shown = () => ({ ca: good.ca, ...good.client });

describe('prometheus over TLS', () => {
  it('shows its certificate, and sends headers of a tenant that are kept in files and variables', async () => {
    vi.stubEnv('SLUICE_TEST_TENANT', 'team-a');
    const file = join(folder, 'token');
    await writeFile(file, 'of-a-file\n');
    const headers = {
      'X-Scope-OrgID': { env: 'SLUICE_TEST_TENANT' },
      'X-Token': { file },
      'X-Plain': 'text',
    };
    const series = await providerWith({ tls: shown(), headers }).instant('up{job="ü"}');
    expect(series).toEqual([{ labels: { a: 'b' }, points: [[1000, 2]] }]);
    expect(seen?.headers).toMatchObject({
      'x-scope-orgid': 'team-a',
      'x-token': 'of-a-file',
      'x-plain': 'text',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(new URLSearchParams(seen?.body).get('query')).toBe('up{job="ü"}');
  });

  it('is refused without a certificate, and with one of a strange authority', async () => {
    for (const pair of [{}, strange.client]) {
      const failed = providerWith({ tls: { ca: good.ca, ...pair } }).instant('up');
      await expect(failed).rejects.toMatchObject({ code: 'metrics-unavailable' });
    }
  });

  it('trusts no server that its authority has not signed', async () => {
    const failed = providerWith({ tls: { ca: strange.ca, ...good.client } }).instant('up');
    await expect(failed).rejects.toMatchObject({ code: 'metrics-unavailable' });
    await expect(failed).rejects.toThrow(/certificate/);
  });

  it('takes a renewed certificate without a restart', async () => {
    const files = { ca: good.ca, cert: join(folder, 'now.pem'), key: join(folder, 'now.key') };
    const provider = providerWith({ tls: files });
    await expect(provider.instant('up')).rejects.toThrow(/now\.pem for tls\.cert cannot be read/);
    await Promise.all([copyFile(strange.client.cert, files.cert), copyFile(strange.client.key, files.key)]);
    await expect(provider.instant('up')).rejects.toMatchObject({ code: 'metrics-unavailable' });
    await Promise.all([copyFile(good.client.cert, files.cert), copyFile(good.client.key, files.key)]);
    expect(await provider.instant('up')).toHaveLength(1);
  });

  it('says which secret of a header is missing, not what others are', async () => {
    const headers = { 'X-Scope-OrgID': { env: 'SLUICE_TEST_NOBODY_SETS' } };
    const failed = providerWith({ tls: shown(), headers }).instant('up');
    await expect(failed).rejects.toMatchObject({ code: 'metrics-unavailable' });
    await expect(failed).rejects.toThrow(/X-Scope-OrgID header .*SLUICE_TEST_NOBODY_SETS/);
  });

  it.each([
    ['an http address', { url: 'http://127.0.0.1:9090', tls: {} }, /tls needs an https address/],
    ['a certificate without a key', { tls: { cert: 'a.pem' } }, /cert and key belong together/],
  ])('refuses %s', (_what, settings, message) => {
    expect(() => prometheus.create({ url, ...settings })).toThrow(message);
  });
});
