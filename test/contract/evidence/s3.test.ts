import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Store } from '../../../src/providers/evidence/s3.ts';
import { s3Settings } from '../../../src/providers/evidence/s3-settings.ts';
import type { EvidenceStore } from '../../../src/providers/evidence/types.ts';
import { s3Bucket, s3Login, startS3, type TestS3 } from '../../support/s3-server.ts';
import { evidenceStoreContract } from './suite.ts';

let server: TestS3;
let folder: string;
let store: EvidenceStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-s3-keys-'));
  writeFileSync(join(folder, 'id'), `${s3Login.accessKeyId}\n`);
  writeFileSync(join(folder, 'secret'), `${s3Login.secretAccessKey}\n`);
  server = await startS3();
  store = createS3Store(settings());
});
afterAll(async () => {
  await store?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (changes: object = {}) =>
  s3Settings.parse({
    type: 's3',
    endpoint: server.endpoint,
    bucket: s3Bucket,
    prefix: 'sluice/',
    accessKeyId: { file: join(folder, 'id') },
    secretAccessKey: { file: join(folder, 'secret') },
    ...changes,
  });

// This gateway looks for a file before it writes one, so of puts at the same moment it may let any number through.
const gatewayLets = 12;
evidenceStoreContract('s3', () => store, gatewayLets);

describe('s3', () => {
  it('lists more than one page', async () => {
    const keys = Array.from({ length: 1_005 }, (_, index) => `pages/${String(index).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, Buffer.from('x'))));
    expect(await store.list('pages/')).toEqual(keys);
  });

  it('is away, says so without a secret, and is used again once it is back', async () => {
    await server.kill();
    const failure = await store.put('away/a', Buffer.from('x')).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'evidence-unavailable',
      message: expect.stringContaining(`bucket ${s3Bucket} at 127.0.0.1`),
    });
    expect(String(failure)).not.toContain(s3Login.secretAccessKey);
    await server.restart();
    expect(await store.put('away/a', Buffer.from('x'))).toBe(true);
  });

  it.each([
    ['a bucket that is not there', { bucket: 'nowhere' }, /NoSuchBucket/],
    ['a wrong secret', { secretAccessKey: { env: 'HOME' } }, /SignatureDoesNotMatch|denied/i],
    [
      'a credential that cannot be read',
      { accessKeyId: { file: '/nowhere/id' } },
      /\/nowhere\/id is missing or empty/,
    ],
  ])('refuses %s', async (_, changes, why) => {
    const other = createS3Store(settings(changes));
    await expect(other.put('a/b', Buffer.from('x'))).rejects.toMatchObject({
      code: 'evidence-unavailable',
      message: expect.stringMatching(why),
    });
    await other.close();
  });

  it('refuses a store that ignores `If-None-Match`, before it has put anything there', async () => {
    const asked: string[] = [];
    const careless = await serve((method, url) => asked.push(`${method} ${url}`));
    const other = createS3Store(settings({ endpoint: careless.url }));
    await expect(other.put('chain/a/b/00000001.json', Buffer.from('x'))).rejects.toThrow(
      /ignores `If-None-Match: \*`/,
    );
    expect(asked.filter((one) => one.includes('chain/'))).toEqual([]);
    await other.close();
    careless.server.close();
  });

  it('never asks an address of the machine’s own cloud', async () => {
    const other = createS3Store(settings({ endpoint: 'http://169.254.169.254/' }));
    await expect(other.get('a')).rejects.toThrow(/link-local/);
  });
});

/** Says yes to everything. */
async function serve(seen: (method: string, url: string) => void): Promise<{ url: string; server: Server }> {
  const careless = createServer((request, response) => {
    seen(request.method ?? '', request.url ?? '');
    request.resume().on('end', () => response.writeHead(200, { etag: '"x"' }).end());
  });
  await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve));
  const address = careless.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, server: careless };
}
