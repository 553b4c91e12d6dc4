/** The test cluster's API can be taken away and given back, with all that it holds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KubeCluster, startCluster } from '../support/kube/cluster.ts';
import { deployment } from '../support/kube/manifests.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

let cluster: KubeCluster;
beforeAll(async () => {
  cluster = await startCluster({ gatewayApi: 'standard' });
});
afterAll(() => cluster?.stop());

describe('an API server', () => {
  it('that hangs answers nothing, and goes on where it was', async () => {
    await cluster.suspendApi();
    const answer = cluster.rest('GET', CONFIG_MAPS).then(({ status }) => status);
    expect(await Promise.race([answer, sleep(500, 'nothing')])).toBe('nothing');
    cluster.resumeApi();
    expect(await answer).toBe(200);
  });

  it('that has crashed refuses connections, and keeps its data', async () => {
    expect((await cluster.rest('POST', CONFIG_MAPS, { metadata: { name: 'kept' } })).status).toBe(201);
    await cluster.killApi();
    await expect(cluster.rest('GET', CONFIG_MAPS)).rejects.toThrow(/ECONNREFUSED/);
    await cluster.restartApi();
    expect((await cluster.rest('GET', `${CONFIG_MAPS}/kept`)).status).toBe(200);
  });

  it('that is back is found by controllers, scheduler and node', async () => {
    await cluster.apply(deployment({ namespace: 'default', name: 'after' }));
    // They try again ever more rarely, which after half a minute's outage may be a minute later.
    const args = ['rollout', 'status', 'deployment/after', '--timeout=100s'];
    expect(await cluster.kubectl(args)).toMatch(/successfully rolled out/);
  });
});

describe('the standard channel of the Gateway API', () => {
  it('lacks the fields of the experimental one', async () => {
    const explain = () =>
      cluster.kubectl(['explain', 'httproute.spec.rules.sessionPersistence']).catch(String);
    // What explains the fields is put together some time after they are served.
    await expect.poll(explain).toMatch(/field "sessionPersistence" does not exist/);
  });
});
