/**
 * Payload encryption against a real server: what Temporal keeps is unreadable, and everything else goes on as before.
 */
import { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import { createReplay } from '../../src/audit/replay.ts';
import { type Encryption, openEncryption } from '../../src/codec/encryption.ts';
import { workflowType } from '../../src/domain/rollout/names.ts';
import { sealedEncoding } from '../../src/domain/sealed-encoding.ts';
import { startOptionsOf } from '../../src/worker/start-options.ts';
import { planFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

const hour = 3_600_000;
const former = { id: 'former', key: { env: 'SLUICE_TEST_KEY_FORMER' } };
const next = { id: 'next', key: { env: 'SLUICE_TEST_KEY_NEXT' } };

let env: RolloutEnv;
let before: Encryption;
let rotated: Encryption;

beforeAll(async () => {
  process.env.SLUICE_TEST_KEY_FORMER = Buffer.alloc(32, 1).toString('base64');
  process.env.SLUICE_TEST_KEY_NEXT = Buffer.alloc(32, 2).toString('base64');
  before = await openEncryption({ keys: [former] });
  rotated = await openEncryption({ keys: [next, former] });
  env = await RolloutEnv.create({ encryption: before });
});
afterAll(() => env.close());

const longSoak = { stages: [stageFixture({ weightPercent: 25, soakMs: hour })] };

function serviceBy({ readable, dataConverter }: Encryption) {
  return createTemporalService({
    client: new Client({ connection: readable(env.temporal.connection), dataConverter }),
    address: env.temporal.address,
    replay: createReplay(workflowBundle().codePath),
    planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
  });
}

/** As anybody sees it who can read Temporal's database, but has no key. */
async function storedText(workflowId: string): Promise<string> {
  const bare = new Client({ connection: env.temporal.connection });
  const { events = [] } = await bare.workflow.getHandle(workflowId).fetchHistory();
  const text = historyToJSON({ events });
  const decoded = [...text.matchAll(/"data":\s*"([^"]*)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('latin1'),
  );
  return [text, ...decoded].join('\n');
}

it('keeps plan, reasons and reports from whoever reads the database, and shows them to API and audit', async () => {
  const rollout = await env.start({
    service: 'sealed',
    ...longSoak,
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    watchAfterMs: 300,
  });
  await rollout.phase('soaking');
  await rollout.update('pause', { reason: 'a confidential reason' });
  await rollout.update('resume', { reason: 'go on' });
  await rollout.update('promote', { reason: 'well', full: true });
  expect((await rollout.ended()).phase).toBe('promoted');
  const stored = await storedText(rollout.handle.workflowId);
  const shows = (text: string) => stored.includes(text);
  expect(shows(Buffer.from(sealedEncoding).toString('base64'))).toBe(true);
  expect(['a confidential reason', 'soakMs', 'success-rate'].filter(shows)).toEqual([]);
  const service = serviceBy(before);
  const ref = { environment: rollout.plan.environment, service: 'sealed' };
  const audit = await service.audit(ref);
  expect(JSON.stringify(audit)).toContain('a confidential reason');
  expect(audit.replay).toMatchObject({ agreed: true });
  const afterRotation = await serviceBy(rotated).audit(ref);
  expect(JSON.stringify(afterRotation)).toContain('a confidential reason');
  expect(afterRotation.replay).toMatchObject({ agreed: true });
});

it('shows the live list with a key; an API without it names the key, and sends nothing that workers could not read', async () => {
  const plan = planFixture({ service: 'listed', ...longSoak });
  const options = startOptionsOf({ plan, actor: 'ann', reason: 'test' }, {});
  const handle = await env.client.workflow.start(workflowType, options);
  const ref = { environment: plan.environment, service: 'listed' };
  const service = serviceBy(before);
  await waitFor('its first look', async () => (await service.get(ref)).live);
  const runId = handle.firstExecutionRunId;
  // Lists lag behind what rollouts say themselves.
  const listed = async () =>
    (await service.running()).rollouts.find(({ summary }) => summary.runId === runId)?.outline?.stages;
  await expect.poll(listed).toMatchObject([{ weightPercent: 25 }]);
  expect(await service.glance({ ...ref, runId })).toMatchObject({ live: { askedPercent: 25 } });
  for (const other of [null, { keys: [next] }]) {
    const keyless = serviceBy(await openEncryption(other));
    const rollouts = async () => (await keyless.list({ limit: 50, service: 'listed' })).rollouts;
    await expect.poll(rollouts).toMatchObject([{ service: 'listed', phase: 'soaking' }]);
    const command = { name: 'pause', actor: 'ann', reason: 'no key', requestId: 'pause' } as const;
    const event = {
      type: 'alert',
      id: 'one',
      severity: 'info',
      title: 'told',
      version: null,
      atMs: 0,
      source: 'test',
    } as const;
    for (const ask of [
      () => keyless.get(ref),
      () => keyless.audit(ref),
      () => keyless.series(ref),
      () => keyless.command(ref, command),
      () => keyless.event(ref, event),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'payload-key-missing',
        message: expect.stringContaining('"former"'),
      });
    }
  }
  await service.command(ref, { name: 'rollback', actor: 'ann', reason: 'enough', requestId: 'end' });
  await waitFor('its end', async () => (await service.get(ref)).outcome);
});

it('rotates the key in the middle of a rollout', async () => {
  const rollout = await env.start({ service: 'rotated', ...longSoak });
  await rollout.phase('soaking');
  await env.stopWorkers();
  const workers = await env.addWorkers({ dataConverter: rotated.dataConverter });
  const service = serviceBy(rotated);
  const ref = { environment: rollout.plan.environment, service: 'rotated' };
  await waitFor('the live look of the new worker', async () => (await service.get(ref)).live);
  await service.command(ref, { name: 'rollback', actor: 'ann', reason: 'enough', requestId: 'one' });
  await waitFor('its end', async () => (await service.get(ref)).outcome);
  expect(await rollout.canaryShare()).toBe(0);
  await workers.stop();
  await env.startWorkers();
});

it('goes past a signal that pretends to be sealed', async () => {
  const rollout = await env.start({ service: 'garbage', ...longSoak });
  await rollout.phase('soaking');
  const garbage: Payload = {
    metadata: { encoding: Buffer.from(sealedEncoding), 'encryption-key-id': Buffer.from('former') },
    data: Buffer.from('not sealed by anybody'),
  };
  const forging = new Client({
    connection: env.temporal.connection,
    dataConverter: {
      payloadCodecs: [{ encode: async (all) => all.map(() => garbage), decode: async (all) => all }],
    },
  });
  await forging.workflow.getHandle(rollout.handle.workflowId).signal('promote', {});
  await rollout.until('to note it', ({ timeline }) =>
    timeline.some(({ kind }) => kind === 'message-malformed'),
  );
  await rollout.signal('rollback', { actor: 'ann', reason: 'enough' });
  expect((await rollout.ended()).phase).toBe('rolled-back');
});

it('waits, decides nothing and keeps its safeguards while the worker has lost the key', async () => {
  const rollout = await env.start({ service: 'keyless', ...longSoak });
  await rollout.phase('soaking');
  await env.stopWorkers();
  const keyless = await env.addWorkers({
    dataConverter: (await openEncryption({ keys: [next] })).dataConverter,
  });
  await waitFor('the watch to say what it lacks', async () => {
    const { raw } = await rollout.handle.describe();
    const failures = (raw.pendingActivities ?? []).map(({ lastFailure }) => lastFailure);
    return failures.find((failure) => failure?.applicationFailureInfo?.type === 'payload-key-missing');
  });
  await rollout.signal('rollback', { actor: 'ann', reason: 'enough' });
  await waitFor('the worker to say what it lacks', async () => {
    const { raw } = await rollout.handle.describe();
    return (raw.pendingWorkflowTask?.attempt ?? 0) > 1;
  });
  await keyless.stop();
  await env.startWorkers();
  expect((await rollout.ended()).phase).toBe('rolled-back');
});
