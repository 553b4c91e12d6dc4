import { expect, it } from 'vitest';
import { jobSchema, jobTest } from '../../../../src/providers/gates/smoke/job.ts';
import type { KubeClient } from '../../../../src/providers/kube/client.ts';
import { KubeError } from '../../../../src/providers/kube/errors.ts';
import { questionFixture } from '../../../contract/gates/suite.ts';

function startWith(create: () => Promise<object>) {
  const deleted: unknown[] = [];
  const stopper = new AbortController();
  const client = {
    connection: { namespace: 'shop' },
    create,
    find: async () => ({ metadata: { name: 'job', uid: 'first' } }),
    delete: async (_ref: object, _signal: undefined, preconditions: object) =>
      void deleted.push(preconditions),
  };
  const test = jobTest(jobSchema.parse({ image: 'smoke:v2' }), client as unknown as KubeClient, 'checkout');
  return { deleted, stopper, asked: test(questionFixture(), stopper.signal) };
}

it('takes away the Job that it saw, and no later one of the same name', async () => {
  let made = () => {};
  const isMade = new Promise<void>((resolve) => {
    made = resolve;
  });
  const { deleted, stopper, asked } = startWith(async () => {
    made();
    return { metadata: { name: 'job', uid: 'first' } };
  });
  await isMade;
  // What it was answered is read before it is told to stop.
  setImmediate(() => stopper.abort(new Error('enough')));
  expect(await asked).toMatchObject({ answer: 'hold' });
  expect(deleted).toEqual([{ uid: 'first' }]);
});

it('takes nothing away where it has made nothing', async () => {
  const { deleted, asked } = startWith(() => Promise.reject(new KubeError('forbidden', 'may not')));
  expect(await asked).toMatchObject({ answer: 'refuse' });
  expect(deleted).toEqual([]);
});
