/** One rollout as it is shown: whom it takes to ask, and in which order. */
import { expect, test } from 'vitest';
import { viewOf } from '../../../src/api/temporal/view.ts';
import { type FakeRollout, fakeTemporal } from './fake-temporal.ts';

const ref = { environment: 'prod', service: 'shop' };

function temporalWith(rollout: FakeRollout) {
  const { client, asked, behaviour } = fakeTemporal({ 'prod/shop': rollout });
  return { deps: { client, address: 'nowhere' }, asked, behaviour };
}

test('the run that was seen to run is asked while Temporal is, and only once', async () => {
  const { deps, asked } = temporalWith({ runId: 'now' });
  const view = await viewOf(deps, ref, 'now');
  expect(view.runId).toBe('now');
  expect(asked).toEqual(['query', 'describe']);
});

test('where another run has begun since, or none was seen, the run that Temporal tells is asked', async () => {
  const { deps, asked } = temporalWith({ runId: 'now' });
  expect((await viewOf(deps, ref, 'before')).runId).toBe('now');
  expect(asked).toEqual(['query', 'describe', 'query']);
  asked.length = 0;
  await viewOf(deps, ref);
  expect(asked).toEqual(['describe', 'query']);
});

test('a worker that does not answer is waited for once', async () => {
  const { deps, asked, behaviour } = temporalWith({ runId: 'now' });
  behaviour.set('query', 'hang');
  expect((await viewOf(deps, ref, 'now')).workerAnswered).toBe(false);
  expect(asked).toEqual(['query', 'describe']);
});

test('what is not known is not found, whatever was seen', async () => {
  const { deps } = temporalWith({});
  await expect(viewOf(deps, { ...ref, service: 'other' }, 'now')).rejects.toMatchObject({
    code: 'rollout-not-found',
  });
});
