/** What is told of a version that does not get ready. */
import { afterEach, describe, expect, it } from 'vitest';
import { sharedCluster } from '../../support/kube/shared.ts';
import { openShop, type Shop } from '../../support/kube/shop.ts';

const cluster = sharedCluster();
const signal = new AbortController().signal;
let shop: Shop;
afterEach(() => shop.close());

async function said(
  version: string,
  options: Record<string, unknown> = {},
): Promise<{ message: string; lines: string[] }> {
  const lines: string[] = [];
  const error: unknown = await shop.provider
    .start(shop.with(options), 'green', version, signal, (line) => lines.push(line))
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'workload-unready' });
  return { message: error instanceof Error ? error.message : '', lines };
}

const open = async (spec: object = {}) => {
  shop = await openShop(cluster, { deadline: 4, spec });
};

describe('of a version that does not get ready is told', () => {
  it('the image that cannot be pulled, with what the registry said', async () => {
    await open();
    const { message, lines } = await said('image-pull-2');
    expect(message).toMatch(
      /image registry.test\/shop:image-pull-2 cannot be pulled \(ImagePullBackOff\): .*not found/,
    );
    expect(message).toMatch(
      /did not get ready within 4 s \(2 of 2 pods are new, 0 available\): 2 pods, such as shop-canary-/,
    );
    expect(lines.join('\n')).toContain('cannot be pulled');
  });

  it('the container that crashes, with the last lines of its log', async () => {
    await open();
    const { message } = await said('crash-loop-2');
    expect(message).toMatch(/app ended with code 1 \(Error\), restarted 3 times; its log ends with:/);
    expect(message).toContain('cannot read /etc/app/config.yaml: no such file');
  });

  it('the readiness probe that does not pass', async () => {
    await open();
    expect((await said('unready-2')).message).toMatch(/app runs, but its readiness probe does not pass/);
  });

  it('the pod that no node takes, in the words of the scheduler', async () => {
    await open();
    const { message } = await said('v2', { resources: { requests: { cpu: '100000' } } });
    expect(message).toMatch(/cannot be scheduled: 0\/1 nodes are available: .*Insufficient cpu/);
  });

  it('the quota that keeps pods from being made', async () => {
    await open();
    const { namespace } = shop;
    const spec = { hard: { pods: '3' } };
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace, name: 'few' },
      spec,
    });
    await expect
      .poll(() =>
        cluster.kubectl([
          'get',
          'resourcequota',
          '-n',
          namespace,
          'few',
          '-o',
          'jsonpath={.status.used.pods}',
        ]),
      )
      .toBe('2');
    expect((await said('v2')).message).toMatch(/pods cannot be made: .*exceeded quota: few/);
  });
});
