/**
 * What the worker reads of others' workflows when one of them was sealed with a key that is lost, or was tampered with.
 */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { cooldownMemo } from '../../../src/domain/rollout/names.ts';
import { latestCooldown } from '../../../src/worker/cooldowns.ts';
import { temporalDirectory } from '../../../src/worker/directory.ts';
import { fakeTemporal } from '../api/fake-temporal.ts';

test('the list has all rollouts, without the traffic of the one that cannot be read', async () => {
  const { client } = fakeTemporal({ 'demo/cart': { sealed: true }, 'demo/shop': {} });
  expect(await temporalDirectory(client).latest()).toMatchObject([
    { target: 'demo/shop', traffic: { name: 'a' } },
    { target: 'demo/cart', traffic: null },
  ]);
});

test('an emergency that cannot be read forbids every rollout to begin', async () => {
  const { client } = fakeTemporal({ 'emergency/prod': { order: {}, sealed: true }, 'demo/shop': {} });
  expect(await temporalDirectory(client).forbids('demo/shop', 'run')).toMatchObject({
    id: 'prod',
    reason: expect.stringContaining('cannot be read'),
  });
});

test('a cooldown is found beside what cannot be read', async () => {
  const cooldown = { untilMs: 2_000_000_000_000, automatic: true };
  const rotten = { metadata: { encoding: Buffer.from('binary/encrypted') }, data: Buffer.from('?') };
  const memos = [rotten, defaultPayloadConverter.toPayload(cooldown)];
  const executions = memos.map((memo) => ({ memo: { fields: { [cooldownMemo]: memo } } }));
  const client = {
    options: { namespace: 'default' },
    workflowService: { listWorkflowExecutions: async () => ({ executions }) },
  } as unknown as Client;
  expect(await latestCooldown(client, 'rollout/demo/shop')).toMatchObject(cooldown);
});
