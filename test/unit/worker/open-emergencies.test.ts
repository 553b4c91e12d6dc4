/** Open emergencies as many ask for them at once. */
import { expect, test } from 'vitest';
import { OpenEmergencies } from '../../../src/worker/open-emergencies.ts';
import { type FakeRollout, fakeTemporal } from '../api/fake-temporal.ts';

const several = { id: 'several-1', scope: ['prod', 'demo'], to: null, actor: 'bob', reason: 'flood' };

/** Answers of lists are those of when they were asked for, and come when they are let go. */
function serve() {
  const known: Record<string, FakeRollout> = {};
  const { client } = fakeTemporal(known);
  const held: (() => void)[] = [];
  const asked: string[] = [];
  const { listWorkflowExecutions } = client.workflowService;
  const list = async (request: { readonly query: string }) => {
    asked.push(request.query);
    const answer = await listWorkflowExecutions(request);
    await new Promise<void>((resolve) => held.push(resolve));
    return answer;
  };
  Object.assign(client.workflowService, { listWorkflowExecutions: list });
  const letGo = async (count: number) => {
    for (let gone = 0; gone < count; gone++) {
      await expect.poll(() => held.length, { interval: 1 }).toBe(1);
      held.shift()?.();
    }
  };
  return { known, asked, letGo, emergencies: new OpenEmergencies(client) };
}

/** What is paused, what runs, and what is paused by then. */
const aList = 3;

test('a hundred who ask while a list is under way wait for the next, which is one for all', async () => {
  const { asked, letGo, emergencies } = serve();
  const first = emergencies.covering('prod/first');
  await expect.poll(() => asked.length, { interval: 1 }).toBe(1);
  const others = Array.from({ length: 100 }, (_, at) => emergencies.covering(`prod/shop-${at}`));
  await letGo(2 * aList);
  expect((await Promise.all([first, ...others])).flat()).toEqual([]);
  expect(asked).toHaveLength(2 * aList);
});

test('one that was opened before somebody asks is never missed for a list that was under way', async () => {
  const { known, asked, letGo, emergencies } = serve();
  const before = emergencies.covering('prod/shop');
  await letGo(aList - 1);
  await expect.poll(() => asked.length, { interval: 1 }).toBe(aList);
  known['emergency/several-1'] = { order: several };
  const after = emergencies.covering('prod/shop');
  await letGo(1 + aList);
  await before;
  expect(await after).toMatchObject([{ id: 'several-1' }]);
});
