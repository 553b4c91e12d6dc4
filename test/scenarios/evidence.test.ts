/**
 * The keeper of evidence beside real rollouts: each that ends gets its bundle, however it ends, and none waits for it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/activities/deps.ts';
import { createKeepEvidence } from '../../src/activities/evidence.ts';
import { keepIn } from '../../src/activities/gates/keep.ts';
import { createEvidenceService } from '../../src/api/evidence/service.ts';
import type { EvidenceService } from '../../src/api/service.ts';
import { createReplay } from '../../src/audit/replay.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { filesAt } from '../../src/evidence/archive.ts';
import { createBundleReplay } from '../../src/evidence/replay.ts';
import { createMemoryStore } from '../../src/providers/evidence/memory.ts';
import type { EvidenceStore } from '../../src/providers/evidence/types.ts';
import { evidenceWork, startKeeper } from '../../src/worker/evidence.ts';
import { signingArchive, testArchive, testKey } from '../support/evidence.ts';
import { gateFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

const kept = createMemoryStore();
let away: 'no' | 'refuses' | 'hangs' = 'no';
const put: EvidenceStore['put'] = async (key, content) => {
  if (away === 'hangs') return await new Promise(() => {});
  if (away === 'refuses') throw new SluiceError('evidence-unavailable', 'The disk is full.');
  return await kept.put(key, content);
};
const archive = signingArchive([testKey()], { ...kept, put });
const { codePath: bundlePath } = workflowBundle();
const times = { pollMs: 200, lastsMs: 1_500, pruneEveryMs: 3_600_000 };
let env: RolloutEnv;
let evidence: EvidenceService;
const problems: string[] = [];

beforeAll(async () => {
  env = await RolloutEnv.create({
    keep: keepIn(archive.store, () => {}),
    keepEvidence: (client) =>
      createKeepEvidence(
        evidenceWork({ client, archive, bundlePath }),
        systemClock,
        (problem) => void problems.push(problem),
        times,
      ),
  });
  await startKeeper(env.client);
  const replay = createBundleReplay(bundlePath, createReplay(bundlePath));
  evidence = createEvidenceService({
    client: env.client,
    address: 'the test server',
    archive,
    replay,
    bundlePath,
  });
});
afterAll(() => env?.close());

const quick = { analysis: { intervalMs: 250, onInconclusive: 'hold' }, watchAfterMs: 0 } as const;
const start = (service: string, plan: Partial<Plan> = {}) =>
  env.start({ service, stages: [stageFixture({ soakMs: 500 })], ...quick, ...plan });
const ref = (service: string) => ({ environment: 'test', service });
const bundleOf = (service: string) => waitFor(`the bundle of ${service}`, () => evidence.show(ref(service)));

describe('the keeper of evidence', () => {
  it('leaves a sound bundle of a rollout that was promoted, rolled back, refused and terminated', async () => {
    env.gate.answer(() => ({ answer: 'refuse', reason: 'the image is not signed' }));
    const [promoted, rolledBack, terminated] = await Promise.all([
      start('promoted'),
      start('rolled-back', { stages: [stageFixture({ soakMs: 60_000 })] }),
      start('terminated', { stages: [stageFixture({ soakMs: 60_000 })] }),
      start('refused', { gates: [gateFixture({ name: 'signature' })] }),
    ]);
    await Promise.all([rolledBack.phase('soaking'), terminated.phase('soaking')]);
    await rolledBack.update('rollback', { reason: 'users complain' });
    await terminated.handle.terminate('a fire drill');
    await promoted.ended();
    const services = ['promoted', 'rolled-back', 'terminated', 'refused'];
    const bundles = await Promise.all(services.map(bundleOf));
    expect(
      bundles.map(({ manifest }) => [manifest.service, manifest.outcome, manifest.temporalStatus]),
    ).toEqual([
      ['promoted', 'promoted', 'COMPLETED'],
      ['rolled-back', 'rolled-back', 'COMPLETED'],
      ['terminated', null, 'TERMINATED'],
      ['refused', 'refused', 'COMPLETED'],
    ]);
    for (const service of services) {
      const found = await evidence.verify(ref(service));
      expect(found, service).toMatchObject({
        ok: true,
        problems: [],
        signature: 'trusted',
        replay: { agreed: true },
      });
    }
  });

  it('goes on with a worker that comes later, and chains the next rollout to the one before', async () => {
    await env.stopWorkers();
    await env.startWorkers();
    await (await start('promoted', { version: 'v3' })).ended();
    await waitFor(
      'the second bundle',
      async () => (await evidence.show(ref('promoted'))).manifest.position === 2,
    );
    expect(await evidence.verify(ref('promoted'))).toMatchObject({ ok: true, position: 2 });
  });

  it.each(['refuses', 'hangs'] as const)(
    'a store that %s delays no rollout, is told, and gets all once it is back',
    async (how) => {
      away = how;
      const service = `store-${how}`;
      const reports = [{ name: 'scan.json', mediaType: 'application/json', content: '{}' }];
      env.gate.answer(() => ({
        answer: 'open',
        reason: 'all is well',
        ...(how === 'refuses' ? { reports } : {}),
      }));
      const rollout = await start(service, { gates: [gateFixture()] });
      const { phase } = await rollout.ended();
      expect(phase).toBe('promoted');
      const { runId } = await rollout.handle.describe();
      const state = () => evidence.state({ target: `test/${service}`, runId, endedAtMs: Date.now() });
      if (how === 'refuses') {
        await expect.poll(state).toMatchObject({ state: 'failing', problem: 'The disk is full.' });
      } else expect(await state()).toEqual({ state: 'waiting' });
      away = 'no';
      if (how === 'hangs') await env.stopWorkers().then(() => env.startWorkers());
      await expect.poll(state).toMatchObject({ state: 'kept', position: 1 });
      const { manifest } = await evidence.show(ref(service));
      expect(manifest.missing).toEqual(
        how === 'refuses' ? [expect.stringMatching(/scan\.json of the gate ci was not kept/)] : [],
      );
    },
  );

  it('holds the raw reports of gates as they came', async () => {
    const content = '{ "found": 1,\n "severity": "low" }';
    env.gate.answer(() => ({
      answer: 'open',
      reason: 'one of low severity',
      facts: { low: 1 },
      reports: [{ name: 'scan.json', mediaType: 'application/json', content }],
    }));
    await (await start('scanned', { gates: [gateFixture({ name: 'scan' })] })).ended();
    const { manifest } = await bundleOf('scanned');
    const files = await filesAt(archive, { target: 'test/scanned', position: 1 });
    const report = manifest.files.find(({ path }) => path.startsWith('reports/'));
    expect(String(files.get(report?.path ?? ''))).toBe(content);
    expect(manifest.missing).toEqual([]);
  });
});

it('a key collects one rollout: the one that was the latest when it first came', async () => {
  const nobodyElse = testArchive();
  const replica = () =>
    createEvidenceService({
      client: env.client,
      address: 'the test server',
      archive: nobodyElse,
      replay: () => Promise.reject(new Error('nobody verifies here')),
      bundlePath,
    });
  const collect = async (key: string, runId?: string) => {
    const named = { ...ref('keyed'), ...(runId === undefined ? {} : { runId }) };
    const { bundle, created } = await replica().collect(named, { key, actor: 'ann' });
    return { runId: bundle.manifest.runId, created };
  };
  const running = await start('keyed', { stages: [stageFixture({ soakMs: 60_000 })] });
  await running.phase('soaking');
  await expect(collect('a')).rejects.toMatchObject({ code: 'evidence-early' });
  await running.update('rollback', { reason: 'users complain' });
  await running.ended();
  await running.handle.result();
  const { runId } = await running.handle.describe();
  expect(await collect('a')).toEqual({ runId, created: true });
  const next = await start('keyed', { version: 'v3' });
  await next.ended();
  await next.handle.result();
  const { runId: later } = await next.handle.describe();
  expect(await collect('a')).toEqual({ runId, created: true });
  expect(await nobodyElse.store.list('chain/')).toHaveLength(1);
  await expect(collect('a', later)).rejects.toMatchObject({ code: 'idempotency-mismatch' });
  expect(await collect('b')).toEqual({ runId: later, created: true });
  expect(await collect('c', runId)).toEqual({ runId, created: false });
});
