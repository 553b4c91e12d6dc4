import { expect, it } from 'vitest';
import { jobTest } from '../../../../src/providers/gates/smoke/job.ts';
import { jobSchema } from '../../../../src/providers/gates/smoke/job-spec.ts';
import type { KubeClient } from '../../../../src/providers/kube/client.ts';
import { KubeError } from '../../../../src/providers/kube/errors.ts';
import { questionFixture } from '../../../contract/gates/suite.ts';

interface Meta {
  readonly annotations: Readonly<Record<string, string>>;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** An API server with room for one Job; `meanwhile` is what others do to it before a deletion arrives. */
function cluster(meanwhile: (server: { job: Meta | null }) => void = () => {}) {
  const server = { job: null as Meta | null, uids: 0, version: 0 };
  const found = () => (server.job === null ? null : { metadata: server.job });
  const change = (job: Omit<Meta, 'resourceVersion'>) => {
    server.version += 1;
    server.job = { ...job, resourceVersion: `${server.version}` };
    return found();
  };
  const client = {
    connection: { namespace: 'shop' },
    create: async (_ref: object, { metadata }: { metadata: { annotations: Record<string, string> } }) => {
      if (server.job !== null) throw new KubeError('exists', 'is there', 409);
      server.uids += 1;
      return change({ annotations: metadata.annotations, uid: `uid-${server.uids}` });
    },
    find: async () => found(),
    patch: async (_ref: object, { metadata }: { metadata: Pick<Meta, 'annotations'> }) => {
      if (server.job === null) throw new KubeError('not-found', 'is gone', 404);
      return change({ ...server.job, annotations: { ...server.job.annotations, ...metadata.annotations } });
    },
    delete: async (_ref: object, _signal: undefined, { uid, resourceVersion }: Partial<Meta>) => {
      meanwhile(server);
      if (server.job?.uid !== uid || server.job?.resourceVersion !== resourceVersion)
        throw new KubeError('conflict', 'is another', 409);
      server.job = null;
    },
  };
  const begin = () => {
    const stopper = new AbortController();
    const test = jobTest(jobSchema.parse({ image: 'smoke:v2' }), client as unknown as KubeClient, 'checkout');
    const asked = test(questionFixture(), stopper.signal);
    return {
      asked,
      stop: async () => {
        stopper.abort(new Error('enough'));
        return await asked;
      },
    };
  };
  return { server, client, begin };
}

it('takes its Job away when nobody waits for it any more', async () => {
  const { server, begin } = cluster();
  const { stop } = begin();
  await expect.poll(() => server.job?.uid).toBe('uid-1');
  expect(await stop()).toMatchObject({ answer: 'hold' });
  expect(server.job).toBeNull();
});

it('leaves the Job to the attempt that has taken it over, which takes it away in its turn', async () => {
  const { server, begin } = cluster();
  const former = begin();
  await expect.poll(() => server.job?.resourceVersion).toBe('1');
  const next = begin();
  await expect.poll(() => server.job?.resourceVersion).toBe('2');
  await former.stop();
  expect(server.job?.uid).toBe('uid-1');
  await next.stop();
  expect(server.job).toBeNull();
});

it('leaves it to one that takes it over while the deletion is under way', async () => {
  let taken = false;
  const { server, begin } = cluster((there) => {
    if (there.job === null || taken) return;
    taken = true;
    there.job = { ...there.job, annotations: { 'sluice.dev/look': 'another' }, resourceVersion: '9' };
  });
  const { stop } = begin();
  await expect.poll(() => server.job?.uid).toBe('uid-1');
  await stop();
  expect(server.job?.resourceVersion).toBe('9');
});

it('takes it away although its status changed meanwhile', async () => {
  let changes = 0;
  const { server, begin } = cluster((there) => {
    if (there.job === null || changes > 1) return;
    changes += 1;
    there.job = { ...there.job, resourceVersion: `status-${changes}` };
  });
  const { stop } = begin();
  await expect.poll(() => server.job?.uid).toBe('uid-1');
  await stop();
  expect([server.job, changes]).toEqual([null, 2]);
});

it('takes nothing away where it has made nothing', async () => {
  const { server, client, begin } = cluster();
  server.job = { annotations: {}, uid: 'of-somebody', resourceVersion: '1' };
  client.create = () => Promise.reject(new KubeError('forbidden', 'may not', 403));
  expect(await begin().asked).toMatchObject({ answer: 'refuse' });
  expect(server.job?.uid).toBe('of-somebody');
});
