/** The list of what runs, which asks Temporal for what has changed: with a real server, whose visibility it goes by. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningList } from '../../src/api/temporal/running.ts';
import { withStatus } from '../../src/domain/rollout/names.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

/** A list whose questions are seen. */
function list() {
  const questions: string[] = [];
  const { workflowService } = env.client;
  const watched = new Proxy(workflowService, {
    get: (service, name) =>
      name !== 'listWorkflowExecutions'
        ? Reflect.get(service, name)
        : (request: { query: string }) => {
            questions.push(request.query);
            return service.listWorkflowExecutions(request);
          },
  });
  const client: typeof env.client = Object.create(env.client, { workflowService: { value: watched } });
  const running = new RunningList({ client, address: 'test' });
  return {
    questions,
    running,
    /** Stage and phase of the service's rollout; null: none runs. */
    seen: async (service: string) => {
      const found = (await running.byTarget()).get(`test/${service}`);
      return found === undefined ? null : `${found.summary.phase} ${found.summary.stage}`;
    },
  };
}

it('follows rollouts that begin, move on and end, or are ended by hand, by their changes alone', async () => {
  const plan = (service: string) => ({
    service,
    stages: [stageFixture({ soakMs: 3_600_000 }), stageFixture({ weightPercent: 50, soakMs: 3_600_000 })],
  });
  const steady = await env.start(plan('steady'));
  await steady.phase('soaking');
  const { running, questions, seen } = list();
  await expect.poll(() => seen('steady')).toBe('soaking 0');
  const wholes = () => questions.filter((query) => query.endsWith(withStatus.running));
  // Each asks for what is paused before and after it.
  expect(3 * wholes().length).toBe(questions.length);

  questions.length = 0;
  const moving = await env.start(plan('moving'));
  await expect.poll(() => seen('moving')).toBe('soaking 0');
  await moving.update('promote', {});
  await expect.poll(() => seen('moving')).toBe('soaking 1');
  await moving.update('rollback', { reason: 'enough' });
  await expect.poll(() => seen('moving')).toBeNull();
  const killed = await env.start(plan('killed'));
  await expect.poll(() => seen('killed')).toBe('soaking 0');
  await killed.handle.terminate('by hand');
  await expect.poll(() => seen('killed')).toBeNull();
  expect(await seen('steady')).toBe('soaking 0');
  expect(wholes().length).toBeLessThan(questions.length / 8);

  // A change that was seen a moment ago may not be shown everywhere yet.
  const quietFrom = performance.now() + 5_000;
  await running.byTarget();
  expect(running.quietSince(quietFrom)).toBe(true);
  expect(running.lately('test/steady')?.fresh).toBe(true);
  expect(running.quietSince(performance.now())).toBe(false);
  await steady.handle.terminate('the end');
});
