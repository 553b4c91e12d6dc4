import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { external } from '../../../src/providers/workload/external.ts';
import { workloadContract } from './suite.ts';

const target = { id: 'test/shop', options: { slots: { blue: 'v1', green: 'v2' } } };
const signal = new AbortController().signal;

workloadContract('external', async () => ({
  provider: external.create({}),
  target,
  stopIsForeign: 'whoever started the version stops it',
  hopeless: { version: 'v9', code: 'workload-config' },
  async close() {},
}));

describe('external', () => {
  it('knows nothing of a slot that the plan does not name', async () => {
    const provider = external.create({});
    const bare = { id: 'test/shop', options: {} };
    expect(await provider.versionIn(bare, 'blue')).toBeNull();
    await expect(provider.start(bare, 'blue', 'v1', signal, () => {})).rejects.toThrow(
      /workload\.slots\.blue: v1/,
    );
  });

  it('waits for the ready address of the slot, and names its last answer when it waited in vain', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(asked < 3 || asked > 3 ? 503 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
    try {
      const start = (readyTimeoutMs: number) =>
        external
          .create({ readyUrls: { 'test/shop': { green: url } }, readyTimeoutMs })
          .start(target, 'green', 'v2', signal, () => {});
      await start(60_000);
      expect(asked).toBe(3);
      await expect(start(2_000)).rejects.toThrow(/answered 503/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
