import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { sendCommand, updateIdOf } from '../../../src/api/temporal/command.ts';
import { fakeTemporal } from './fake-temporal.ts';
import { statusOf } from './fakes.ts';

test('one key is one command of one person, so that nobody’s approval is taken for a repetition of another’s', () => {
  const ann = { name: 'approve', actor: 'ann', requestId: 'key' } as const;
  expect(updateIdOf(ann)).toBe(updateIdOf({ ...ann, reason: 'once more' }));
  const others = [
    { ...ann, actor: 'bob' },
    { ...ann, name: 'pause' as const },
    { ...ann, requestId: 'other' },
  ];
  expect(new Set([ann, ...others].map(updateIdOf)).size).toBe(4);
});

test('a command for what is not there any more says what has happened meanwhile', async () => {
  const why = 'it was meant for stage "10%" while soaking, and the rollout is soaking in stage "50%" by now';
  const cause = ApplicationFailure.nonRetryable(why, 'rollout-moved-on');
  const executeUpdate = () => Promise.reject(new WorkflowUpdateFailedError('refused', cause));
  const { client } = fakeTemporal({ 'demo/shop': { phase: 'soaking' } });
  const { getHandle } = client.workflow;
  const moved = { ...client.workflow, getHandle: (id: string) => ({ ...getHandle(id), executeUpdate }) };
  const deps = { client: Object.assign(client, { workflow: moved }), address: 'nowhere' };
  const command = { name: 'promote', requestId: 'key', expect: { stage: 0 } } as const;
  await expect(sendCommand(deps, { environment: 'demo', service: 'shop' }, command)).rejects.toMatchObject({
    code: 'rollout-moved-on',
    status: 409,
    message: `The rollout has moved on: ${why}.`,
  });
});

test('a rollout whose workflow knows no expect gets the command without, if it stands where the command was meant for', async () => {
  const sent: object[] = [];
  const executeUpdate = async (_: string, { args: [payload] }: { args: [object] }) => {
    sent.push(payload);
    const cause = ApplicationFailure.nonRetryable('unknown field "expect"; known are actor, reason');
    if ('expect' in payload) throw new WorkflowUpdateFailedError('refused', cause);
    return statusOf({});
  };
  const handle = {
    executeUpdate,
    query: async () => statusOf({ phase: 'soaking', stage: 1, startedAtMs: 7 }),
  };
  const { client } = fakeTemporal({ 'demo/shop': { phase: 'soaking' } });
  const { getHandle } = client.workflow;
  const pinned = { ...client.workflow, getHandle: (id: string) => ({ ...getHandle(id), ...handle }) };
  const deps = { client: Object.assign(client, { workflow: pinned }), address: 'nowhere' };
  const shop = { environment: 'demo', service: 'shop' };
  const promote = { name: 'promote', actor: 'ann', requestId: 'key' } as const;
  const expected = { startedAtMs: 7, stage: 1, phase: 'soaking' } as const;
  expect(await sendCommand(deps, shop, { ...promote, expect: expected })).toMatchObject({ via: 'update' });
  expect(sent).toEqual([expect.objectContaining({ expect: expected }), { actor: 'ann', requestId: 'key' }]);
  sent.length = 0;
  const late = sendCommand(deps, shop, { ...promote, expect: { ...expected, stage: 0 } });
  await expect(late).rejects.toMatchObject({ code: 'rollout-moved-on' });
  expect(sent).toEqual([expect.objectContaining({ expect: { ...expected, stage: 0 } })]);
});

test('a rollback that a rollout refuses which has gone back and only settles says so', async () => {
  const handle = {
    executeUpdate: () =>
      Promise.reject(new WorkflowUpdateFailedError('refused', new Error('the rollout has ended'))),
    query: async () => statusOf({ phase: 'rolled-back', outcome: 'rolled-back' }),
  };
  const { client } = fakeTemporal({ 'demo/shop': { phase: 'rolling-back' } });
  const { getHandle } = client.workflow;
  const settling = { ...client.workflow, getHandle: (id: string) => ({ ...getHandle(id), ...handle }) };
  const deps = { client: Object.assign(client, { workflow: settling }), address: 'nowhere' };
  const command = { name: 'rollback', actor: 'ann', requestId: 'key' } as const;
  await expect(sendCommand(deps, { environment: 'demo', service: 'shop' }, command)).rejects.toMatchObject({
    code: 'command-refused',
    details: { outcome: 'rolled-back', runId: 'run-of-rollout/demo/shop' },
  });
});

test.each(['pause', 'rollback'] as const)(
  'a key that was used for another %s is refused, and for the same one answered as before',
  async (name) => {
    const data = { command: name, requestId: 'key', reason: 'look' };
    const said = { atMs: 1, kind: 'command', text: `${name}: look`, stage: 0, actor: 'ann', data } as const;
    const executeUpdate = async () => statusOf({ timeline: [said] });
    const { client, told } = fakeTemporal({ 'demo/shop': { phase: 'soaking' } });
    const { getHandle } = client.workflow;
    const paused = { ...client.workflow, getHandle: (id: string) => ({ ...getHandle(id), executeUpdate }) };
    const deps = { client: Object.assign(client, { workflow: paused }), address: 'nowhere' };
    const shop = { environment: 'demo', service: 'shop' };
    const again = { name, actor: 'ann', requestId: 'key' } as const;
    expect(await sendCommand(deps, shop, { ...again, reason: ' look ' })).toMatchObject({ via: 'update' });
    await expect(sendCommand(deps, shop, { ...again, reason: 'stop' })).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    });
    expect(told).toEqual([]);
  },
);
