/** What is told of a version that does not get ready. */
import { afterEach, describe, expect, it } from 'vitest';
import { sharedCluster } from '../../support/kube/shared.ts';
import { openShop, type Shop } from '../../support/kube/shop.ts';

const cluster = sharedCluster();
const signal = new AbortController().signal;
let shop: Shop;
afterEach(() => shop.close());

/** Is told as progress first and, when the version is given up, as the reason. */
async function expectTold(
  version: string,
  why: RegExp,
  options: Record<string, unknown> = {},
): Promise<unknown> {
  const lines: string[] = [];
  const error: Promise<unknown> = shop.provider
    .start(shop.with(options), 'green', version, signal, (line) => lines.push(line))
    .catch((caught: unknown) => caught);
  await expect.poll(() => lines.join('\n')).toMatch(why);
  await shop.deadline('shop-canary', 1);
  expect(await error).toMatchObject({ code: 'workload-unready', message: expect.stringMatching(why) });
  return await error;
}

const open = async () => {
  shop = await openShop(cluster);
};

describe('of a version that does not get ready is told', () => {
  it('the image that cannot be pulled, with what the registry said', async () => {
    await open();
    const image =
      /2 pods, such as shop-canary-.*: image registry.test\/shop:image-pull-2 cannot be pulled \(ImagePullBackOff\): .*not found/;
    expect(await expectTold('image-pull-2', image)).toMatchObject({
      message: expect.stringContaining(
        'did not get ready within 1 s (2 of 2 pods are new, 0 available): 2 pods,',
      ),
    });
  });

  it('the container that crashes, with the last lines of its log', async () => {
    await open();
    const crash =
      /app ended with code 1 \(Error\), restarted 3 times; its log ends with:.*cannot read \/etc\/app\/config.yaml: no such file/s;
    await expectTold('crash-loop-2', crash);
  });

  it('the readiness probe that does not pass', async () => {
    await open();
    await expectTold('unready-2', /app runs, but its readiness probe does not pass/);
  });

  it('the pod that no node takes, in the words of the scheduler', async () => {
    await open();
    const resources = { requests: { cpu: '100000' } };
    await expectTold('v2', /cannot be scheduled: 0\/1 nodes are available: .*Insufficient cpu/, {
      resources,
    });
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
    await expectTold('v2', /pods cannot be made: .*exceeded quota: few/);
  });
});
