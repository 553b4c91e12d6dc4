import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grpc } from '../../../src/providers/health/grpc.ts';
import { grpcHealth } from '../../support/grpc-health.ts';
import { canary, healthContract, patientMs } from './suite.ts';

const serving = { up: 1, down: 2 } as const;

/** A real gRPC server with the health protocol for itself and for the service `shop`. */
async function serve() {
  let health: 'up' | 'down' | 'silent' = 'up';
  const server = new Server();
  server.addService(grpcHealth, {
    check: (call: { request: Buffer }, answer: (error: object | null, message?: Buffer) => void) => {
      const service = call.request.subarray(2).toString();
      if (health === 'silent') return;
      if (service !== '' && service !== 'shop')
        answer({ code: status.NOT_FOUND, details: 'no such service' });
      else answer(null, Buffer.from([0x08, serving[health]]));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    say: (next: typeof health) => {
      health = next;
    },
    end: async () => server.forceShutdown(),
  };
}

healthContract('grpc', async () => {
  const server = await serve();
  return {
    provider: grpc.create({ address: server.address }),
    sees: { down: true, silent: true },
    say: async (health) => server.say(health),
    vanish: server.end,
    close: server.end,
  };
});

describe('the gRPC probe', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.end());
  const probe = (settings: Record<string, unknown>) =>
    grpc.create({ address: server.address, ...settings }).probe(canary, { timeoutMs: patientMs });

  it('asks after one service', async () => {
    expect(await probe({ service: 'shop' })).toMatchObject({
      healthy: true,
      detail: expect.stringContaining('SERVING'),
    });
    server.say('down');
    expect((await probe({ service: 'shop' })).detail).toContain('NOT_SERVING');
    server.say('up');
  });

  it('is an error, not a failure, when the server does not know the service', async () => {
    await expect(probe({ service: 'cart' })).rejects.toMatchObject({
      code: 'health-probe',
      message: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('is an error when the server does not speak the protocol', async () => {
    const plain = new Server();
    const port = await new Promise<number>((resolve) => {
      plain.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound));
    });
    const provider = grpc.create({ address: `127.0.0.1:${port}` });
    await expect(provider.probe(canary, { timeoutMs: patientMs })).rejects.toMatchObject({
      code: 'health-probe',
    });
    plain.forceShutdown();
  });
});
