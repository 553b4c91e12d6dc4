import { expect, it } from 'vitest';
import { grpc } from '../../../../src/providers/health/grpc.ts';
import { tcp } from '../../../../src/providers/health/tcp.ts';

const target = { service: 'shop', environment: 'prod', slot: 'green', version: 'v2' } as const;

it.each([tcp, grpc])('no $type probe asks a link-local or metadata address', async (type) => {
  const probe = type.create({ address: '169.254.169.254:80' });
  const { healthy, detail } = await probe.probe(target, { timeoutMs: 60_000 });
  expect([healthy, detail]).toEqual([false, expect.stringContaining('link-local or metadata address')]);
});
