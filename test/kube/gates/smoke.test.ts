/**
 * Smoke tests as Jobs on a real API server, with its own Job controller, as an account that has the rights for it and
 * no more.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { smokeGate } from '../../../src/providers/gates/smoke.ts';
import type { Gate, GateVerdict } from '../../../src/providers/gates/types.ts';
import { rbacObjects, rightsOf } from '../../../src/providers/rbac.ts';
import { questionFixture } from '../../contract/gates/suite.ts';
import { Account, type Grain, grainsOf } from '../../support/kube/account.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { waitFor } from '../../support/wait-for.ts';

const cluster = sharedCluster();
const rights = rightsOf(['smoke']);
let namespace: string;
let account: Account;
let gate: Gate;
/** As another worker has it. */
let former: Gate;

beforeAll(async () => {
  // Pods that are not of the restricted level are refused here.
  namespace = await cluster.makeNamespace('smoke', { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const leaseNamespace = await cluster.makeNamespace('smoke-leases');
  account = await Account.make(cluster, 'worker', { rights, leaseNamespace, namespaces: [namespace] });
  const job = {
    image: 'registry.test/smoke:{{version}}',
    args: ['--against', '{{service}}'],
    secrets: ['smoke-login'],
  };
  const settings = { tests: { checkout: { job } }, cluster: { kubeconfig: account.kubeconfig, namespace } };
  gate = smokeGate.create(settings);
  former = smokeGate.create(settings);
});
afterAll(async () => {
  await gate?.close();
  await former?.close();
  await account?.close();
});

const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ containers: z.array(z.looseObject({ image: z.string() })) }),
      status: z.object({ phase: z.string().default('Pending') }),
    }),
  ),
});
const podsThere = async () =>
  pods.parse(JSON.parse(await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'json']))).items;
/** Before it runs, the node that has yet to tell so would take back what a test says of its end. */
const runningPod = async () => (await podsThere()).find(({ status }) => status.phase === 'Running');
const allGone = () => waitFor('its pods to go', async () => (await podsThere()).length === 0);
const jobsThere = () => cluster.kubectl(['get', 'jobs', '-n', namespace, '-o', 'name']);

/** Looks until there is a result. */
async function told(id: string): Promise<GateVerdict> {
  const verdict = await gate.evaluate(questionFixture({ id, options: {} }), AbortSignal.timeout(40_000));
  return /still runs/.test(verdict.reason) ? await told(id) : verdict;
}

/** Asks, and lets the pod that comes of it end as a kubelet would say it. */
async function ask(
  id: string,
  ends: 'Succeeded' | 'Failed',
  before: () => Promise<void> = async () => {},
): Promise<GateVerdict> {
  const asked = told(id);
  let over = false;
  void asked.finally(() => {
    over = true;
  });
  const pod = await waitFor('the pod of the Job', async () => over || (await runningPod()));
  await before();
  if (pod !== true) {
    const patch = JSON.stringify({ status: { phase: ends } });
    await cluster.kubectl([
      'patch',
      'pod',
      pod.metadata.name,
      '-n',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      patch,
    ]);
  }
  const verdict = await asked;
  await cluster.kubectl(['delete', 'jobs', '--all', '-n', namespace]);
  await allGone();
  return verdict;
}

it('opens when its Job has completed, keeps the log, and leaves nothing there', async () => {
  const verdict = await ask('run-1/start/smoke', 'Succeeded');
  expect(verdict).toMatchObject({ answer: 'open', reason: 'checkout: its Job has completed' });
  expect(verdict.reports).toMatchObject([
    { name: 'checkout/log.txt', content: expect.stringContaining('starting') },
  ]);
  expect(account.door.refusals).toEqual([]);
});

it('refuses when its Job failed, and says so', async () => {
  const verdict = await ask('run-2/start/smoke', 'Failed');
  expect(verdict).toMatchObject({
    answer: 'refuse',
    reason: expect.stringMatching(/its Job failed \(.*\); its log is in the report/),
  });
});

it('takes away the Job of a rollout that is left', async () => {
  const stopper = new AbortController();
  const asked = gate
    .evaluate(questionFixture({ id: 'run-3/start/smoke', options: {} }), stopper.signal)
    .catch(() => null);
  const [pod] = await waitFor('the pod', async () => {
    const there = await podsThere();
    return there.length > 0 ? there : null;
  });
  expect(pod?.spec.containers).toMatchObject([
    {
      image: 'registry.test/smoke:v2',
      args: ['--against', 'shop'],
      envFrom: [{ secretRef: { name: 'smoke-login' } }],
    },
  ]);
  stopper.abort(new Error('enough'));
  await asked;
  await expect.poll(jobsThere).toBe('');
  await allGone();
});

/** What another worker asked and has begun. */
async function begunBefore(id: string) {
  const stopper = new AbortController();
  const asked = former.evaluate(questionFixture({ id, options: {} }), stopper.signal).catch(() => null);
  await waitFor('the pod', async () => (await podsThere()).length > 0);
  return {
    leave: async () => {
      stopper.abort(new Error('enough'));
      await asked;
    },
  };
}

const holderThere = () =>
  cluster.kubectl([
    'get',
    'jobs',
    '-n',
    namespace,
    '-o',
    'jsonpath={.items[*].metadata.annotations.sluice\\.dev/look}',
  ]);

it('goes on with the Job of a worker that is gone, which does not take it away when it ends', async () => {
  const before = await begunBefore('run-4/start/smoke');
  const holder = await holderThere();
  const verdict = ask('run-4/start/smoke', 'Succeeded', async () => {
    await expect.poll(holderThere).not.toBe(holder);
    await before.leave();
  });
  expect(await verdict).toMatchObject({ answer: 'open', reason: 'checkout: its Job has completed' });
});

const grains = grainsOf(
  rbacObjects({ rights, roles: ['worker'], leaseNamespace: 'leases', namespaces: ['shop'] }),
);
it.each(grains)('needs to $verb $resource', async ({ group, resource, verb }) => {
  const grain: Grain = { namespace, group, resource, verb };
  const id = `run-${verb}-${resource}/start/smoke`;
  // The one that takes a Job over.
  const before = verb === 'patch' ? await begunBefore(id) : null;
  account.door.forget();
  await account.without(grain, async () => {
    const verdict = await ask(id, 'Succeeded');
    await before?.leave();
    const last = resource.split('/').at(-1) ?? '';
    expect(account.door.refusals).toContainEqual(expect.stringContaining(last));
    if (['create', 'patch'].includes(verb) || (verb === 'get' && resource === 'jobs')) {
      expect(verdict).toMatchObject({ answer: 'refuse', reason: expect.stringContaining('sluice rbac') });
    }
  });
});
