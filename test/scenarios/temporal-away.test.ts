/**
 * A Temporal server that hangs for several leases at the worst moment, for real: what `orphanGrace` promises. And one
 * that has no such namespace.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../src/api/temporal/calls.ts';
import { rawInfoOf } from '../../src/api/temporal/raw-info.ts';
import { describe as describeRollout } from '../../src/api/temporal/view.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { OpenEmergencies } from '../../src/worker/open-emergencies.ts';
import { freezeServer } from '../support/dev-server.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

const ttlMs = 5_000;

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

const planOf = (service: string, orphanGraceMs: number): Partial<Plan> => ({
  service,
  stages: [stageFixture({ soakMs: 2_000 }), stageFixture({ weightPercent: 50, soakMs: 60_000 })],
  analysis: { intervalMs: 500, onInconclusive: 'hold' },
  lease: { ttlMs, orphanGraceMs },
});

/** The timeline as the worker tells it, which asks no server that may hang. */
const story = (workflowId: string) =>
  env.told.filter((told) => told.workflowId === workflowId).map(({ entry }) => entry.text);

describe('Temporal that is away over the end of a stage, for several leases', () => {
  it('costs nothing within orphanGrace: the canary keeps its share, and the rollout goes on', async () => {
    const rollout = await env.start(planOf('away', 30_000));
    const id = 'test/away';
    await env.traffic.whenState(id, ({ leaseUntilMs }) => leaseUntilMs > 0);
    const { leaseUntilMs: before } = await env.traffic.read({ id, options: {} });
    const thaw = freezeServer(env.temporal.address);
    try {
      const later = await env.traffic.whenState(id, ({ leaseUntilMs }) => leaseUntilMs > before + 2 * ttlMs);
      expect(effectivePercent(later, Date.now())).toBe(10);
    } finally {
      thaw();
    }
    const told = () => story(rollout.handle.workflowId).join('; ');
    await expect.poll(told).toContain('canary at 50 %, read back');
    expect((await rollout.status()).reports).toMatchObject([{ ending: 'soaked' }, {}]);
    await rollout.signal('rollback', { reason: 'done' });
    await rollout.ended();
  });

  it('ends the canary when it lasts longer than orphanGrace, and the rollout says so afterwards', async () => {
    const rollout = await env.start(planOf('away-long', 1_000));
    const id = 'test/away-long';
    await env.traffic.whenState(id, ({ leaseUntilMs }) => leaseUntilMs > 0);
    const thaw = freezeServer(env.temporal.address);
    try {
      await env.traffic.whenState(id, (state) => effectivePercent(state, Date.now()) === 0);
      // Once lapsed it stays so, whatever still runs.
      await pause(ttlMs);
      expect(effectivePercent(await env.traffic.read({ id, options: {} }), Date.now())).toBe(0);
    } finally {
      thaw();
    }
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'lapse' } });
  });
});

describe('a namespace that Temporal does not have', () => {
  it('is an error that names it, and never taken for an emergency or a rollout that is not there', async () => {
    const { address, connection, nativeConnection } = env.temporal;
    for (const [kind, one] of Object.entries({ connection, nativeConnection })) {
      const client = new Client({ connection: one, namespace: 'nowhere' });
      const lost = {
        code: 'temporal-unavailable',
        message: expect.stringContaining('it has no namespace nowhere'),
        advice: expect.stringContaining('temporal.namespace'),
      };
      const deps = { client, address };
      const ref = { environment: 'test', service: 'lost' };
      const asked = {
        emergencies: () => ask(deps, () => new OpenEmergencies(client).covering('test/lost')),
        description: () => describeRollout(deps, ref),
        run: () => rawInfoOf(deps, { workflowId: 'rollout/test/lost' }),
      };
      for (const [what, answer] of Object.entries(asked)) {
        await expect(answer(), `${what} by ${kind}`).rejects.toMatchObject(lost);
      }
      expect(
        await rawInfoOf({ client: env.client, address }, { workflowId: 'rollout/test/lost' }),
      ).toBeNull();
    }
  });
});
