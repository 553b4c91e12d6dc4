/** The routes of evidence over an archive in memory: what they answer, and what they refuse. */
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import {
  bundleListSchema,
  bundleSchema,
  rolloutViewSchema,
  verificationSchema,
} from '../../../src/api/contract.ts';
import { BundleLister } from '../../../src/api/evidence/list.ts';
import { createReports } from '../../../src/api/evidence/reports.ts';
import { createEvidenceService } from '../../../src/api/evidence/service.ts';
import { chainKey, holdKey, runFolder } from '../../../src/domain/evidence/layout.ts';
import { type Archive, bundleAt } from '../../../src/evidence/archive.ts';
import { prune } from '../../../src/evidence/prune.ts';
import { seal } from '../../../src/evidence/seal.ts';
import { unpackTar } from '../../../src/evidence/tar.ts';
import { collectAll, recordedRollout, testArchive } from '../../support/evidence.ts';
import { fakeTemporal } from './fake-temporal.ts';
import { fakeDeps, fakeRollouts, viewOf } from './fakes.ts';

const path = '/v1/rollouts/test/promoted/evidence';
let archive: Archive;
let app: FastifyInstance;

/** Temporal is away; what is kept can be had all the same. */
const nobody = { withDeadline: async () => Promise.reject(new Error('away')) } as unknown as Client;

beforeEach(async () => {
  archive = testArchive({ retentionDays: 1 });
  await collectAll(archive, [recordedRollout('promoted'), recordedRollout('rolled-back-by-hand')]);
  const evidence = createEvidenceService({
    client: nobody,
    address: 'nowhere',
    archive,
    replay: async () => ({ sound: true, told: { agreed: true, detail: 'agreed' } }),
    bundlePath: '/nowhere',
  });
  const { runId } = recordedRollout('promoted');
  const ended = viewOf({ outcome: 'promoted' }, { target: 'test/promoted', runId });
  app = await createApp(fakeDeps(fakeRollouts({ get: async () => ended }), evidence));
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

const get = async (url: string) => await app.inject({ url });
const post = async (url: string, payload: object) => await app.inject({ method: 'POST', url, payload });

test('lists bundles, of all targets or of some', async () => {
  const all = bundleListSchema.parse((await get('/v1/evidence')).json());
  expect(all.bundles.map(({ manifest }) => manifest.service).sort()).toEqual([
    'promoted',
    'rolled-back-by-hand',
  ]);
  const one = bundleListSchema.parse((await get('/v1/evidence?service=promoted&limit=1')).json());
  expect(one).toMatchObject({ total: 1, bundles: [{ manifest: { service: 'promoted', position: 1 } }] });
});

test('a list shows a bundle with a damaged hold as held, with what is wrong, and the others as ever', async () => {
  const { runId } = recordedRollout('promoted');
  await archive.store.put(holdKey('test/promoted', runId, 1), Buffer.from('{"action":"ho'));
  await archive.store.put(chainKey('test/promoted', 2), Buffer.from('nothing'));
  const { bundles, total, damaged } = bundleListSchema.parse((await get('/v1/evidence')).json());
  const told = bundles.map(({ manifest: { service }, held, holds, problem }) => ({
    ...{ service, held, holds, problem },
  }));
  expect(told.sort((a, b) => (a.service < b.service ? -1 : 1))).toEqual([
    {
      service: 'promoted',
      held: true,
      holds: [],
      problem: expect.stringMatching(/^A hold of test\/promoted cannot be read: /),
    },
    { service: 'rolled-back-by-hand', held: false, holds: [], problem: null },
  ]);
  expect([total, damaged]).toEqual([3, [{ target: 'test/promoted', position: 2 }]]);
  const pruned = await post('/v1/evidence/prune', { actor: 'ann' });
  expect(pruned.json()).toMatchObject({
    pruned: [{ target: 'test/rolled-back-by-hand' }],
    problems: [expect.stringContaining('bundle 1 of test/promoted'), expect.stringContaining('bundle 2')],
  });
});

test('a list reads no more manifests than it may show of a target, and a few at a time', async () => {
  const { manifest } = await bundleAt(archive, { target: 'test/promoted', position: 1 });
  for (let position = 2; position <= 31; position++)
    await archive.store.put(
      chainKey('test/promoted', position),
      seal({ ...manifest, position, runId: `run-${position}` }, null),
    );
  let reading = 0;
  let most = 0;
  const read = new Set<string>();
  const store = {
    ...archive.store,
    get: async (key: string) => {
      most = Math.max(most, ++reading);
      read.add(key);
      await new Promise((done) => setImmediate(done));
      reading--;
      return await archive.store.get(key);
    },
  };
  const service = createEvidenceService({
    client: nobody,
    address: 'nowhere',
    archive: { ...archive, store },
    replay: async () => ({ sound: true, told: { agreed: true, detail: 'agreed' } }),
    bundlePath: '/nowhere',
  });
  const { bundles, total } = await service.list({ limit: 25, service: 'promoted' });
  expect([bundles.length, total]).toEqual([25, 31]);
  expect([...read].filter((key) => key.startsWith('chain/'))).toHaveLength(25);
  expect(most).toBeLessThanOrEqual(20);
});

test('a list goes on where its last page ended, over all targets', async () => {
  const of = async (target: string) => (await bundleAt(archive, { target, position: 1 })).manifest;
  const [first, other] = [await of('test/promoted'), await of('test/rolled-back-by-hand')];
  const { collectedAtMs } = first;
  for (let position = 2; position <= 9; position++) {
    const manifest = { ...(position % 2 ? first : other), runId: `run-${position}` };
    const sealed = seal({ ...manifest, position, collectedAtMs: collectedAtMs + 10 + position }, null);
    await archive.store.put(chainKey(manifest.target, position), sealed);
  }
  await archive.store.put(chainKey('test/promoted', 10), Buffer.from('nothing'));
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = bundleListSchema.parse((await get(`/v1/evidence?limit=3${cursor}`)).json());
    seen.push(...page.bundles.map(({ manifest }) => `${manifest.service} ${manifest.position}`));
    expect(page.total).toBe(11);
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  expect(seen.slice(0, 8)).toEqual(
    [9, 8, 7, 6, 5, 4, 3, 2].map(
      (position) => `${position % 2 ? 'promoted' : 'rolled-back-by-hand'} ${position}`,
    ),
  );
  expect(new Set(seen).size).toBe(10);
  expect((await get('/v1/evidence?cursor=bnVsbA')).json()).toMatchObject({ code: 'request-invalid' });
});

test('damaged manifests take no room of sound ones that are older', async () => {
  for (let position = 2; position <= 6; position++)
    await archive.store.put(chainKey('test/promoted', position), Buffer.from('nothing'));
  const page = bundleListSchema.parse((await get('/v1/evidence?service=promoted&limit=2')).json());
  expect(page).toMatchObject({ bundles: [{ manifest: { position: 1 } }], total: 6, next: null });
  expect(page.damaged.map(({ position }) => position)).toEqual([6, 5]);
});

test('of a list somebody who sees a part is shown that part, and what is wrong in it', async () => {
  await archive.store.put(chainKey('test/promoted', 2), Buffer.from('nothing'));
  const lister = new BundleLister(archive, async () => [
    { target: 'test/promoted', runId: 'a', tries: 1, problem: 'p' },
    { target: 'test/rolled-back-by-hand', runId: 'b', tries: 1, problem: 'p' },
  ]);
  const page = await lister.page({ limit: 10 }, ({ service }) => service === 'rolled-back-by-hand');
  expect(page).toMatchObject({
    bundles: [{ manifest: { service: 'rolled-back-by-hand' } }],
    total: 1,
    damaged: [],
    failing: [{ target: 'test/rolled-back-by-hand' }],
  });
});

test('a hold that somebody has lifted is not set again by the request that set it', async () => {
  const send = async (action: 'hold' | 'release', key: string) => {
    const headers = { 'idempotency-key': key };
    const answer = await app.inject({ method: 'POST', url: `${path}/${action}`, headers, payload: why });
    return bundleSchema.parse(answer.json()).held;
  };
  const why = { actor: 'ann', reason: 'case 7' };
  expect(await send('hold', 'a')).toBe(true);
  expect(await send('release', 'a')).toBe(false);
  expect(await send('hold', 'a')).toBe(false);
  expect(await send('hold', 'b')).toBe(true);
  expect(await send('release', 'a')).toBe(true);
  const headers = { 'idempotency-key': 'a' };
  const payload = { ...why, reason: 'case 8' };
  const other = await app.inject({ method: 'POST', url: `${path}/hold`, headers, payload });
  expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency-mismatch']);
});

test('a key prunes once: what has come due since stays, and the answer is the first one', async () => {
  const pruneAs = async (key: string, payload: object) => {
    const headers = { 'idempotency-key': key };
    return await app.inject({ method: 'POST', url: '/v1/evidence/prune', headers, payload });
  };
  const who = { actor: 'ann' };
  const hold = { ...who, reason: 'case 7' };
  await post(`${path}/hold`, hold);
  const first = await pruneAs('a', who);
  expect(first.json()).toMatchObject({
    held: [{ target: 'test/promoted' }],
    pruned: [{ target: 'test/rolled-back-by-hand' }],
  });
  await post(`${path}/release`, hold);
  expect((await pruneAs('a', who)).json()).toEqual(first.json());
  expect(bundleSchema.parse((await get(path)).json()).pruned).toBeNull();
  const other = await pruneAs('a', { ...who, dryRun: true });
  expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency-mismatch']);
  expect((await pruneAs('a', { actor: 'bob' })).json()).toMatchObject({
    pruned: [{ target: 'test/promoted' }],
  });
});

test('a pruning that died before it was answered is answered whole when it is asked for again', async () => {
  const headers = { 'idempotency-key': 'a' };
  const ask = { method: 'POST', url: '/v1/evidence/prune', headers, payload: { actor: 'ann' } } as const;
  const first = (await app.inject(ask)).json();
  const [answer = ''] = await archive.store.list('answers/');
  await archive.store.delete(answer);
  const again = (await app.inject(ask)).json();
  expect(again).toEqual(first);
  expect(again.pruned).toHaveLength(2);
});

test('an answer with problems is not kept: asked again, the pruning goes on and tells all of it', async () => {
  const headers = { 'idempotency-key': 'a' };
  const ask = { method: 'POST', url: '/v1/evidence/prune', headers, payload: { actor: 'ann' } } as const;
  const broken = vi.spyOn(archive.store, 'delete').mockRejectedValue(new Error('read-only'));
  expect((await app.inject(ask)).json().problems).toContain('bundle 1 of test/promoted: read-only');
  broken.mockRestore();
  const mended = (await app.inject(ask)).json();
  expect(mended).toMatchObject({ problems: [], pruned: [{}, {}] });
  expect(await archive.store.list('runs/')).toEqual([]);
  expect((await app.inject(ask)).json()).toEqual(mended);
});

test('a pruning that goes on days later dates what it deletes then, and finishes what it had begun', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const headers = { 'idempotency-key': 'a' };
  const ask = { method: 'POST', url: '/v1/evidence/prune', headers, payload: { actor: 'ann' } } as const;
  const { put } = archive.store;
  vi.spyOn(archive.store, 'put').mockImplementation(async (key, content) => {
    if (key.startsWith('pruned/test/promoted/')) throw new Error('full');
    return await put(key, content);
  });
  vi.spyOn(archive.store, 'delete').mockRejectedValue(new Error('read-only'));
  const began = Date.now();
  expect((await app.inject(ask)).json()).toMatchObject({
    pruned: [],
    problems: [expect.any(String), expect.any(String)],
  });
  vi.restoreAllMocks();
  const later = began + 8 * 86_400_000;
  vi.setSystemTime(later);
  expect((await app.inject(ask)).json()).toMatchObject({ pruned: [{}, {}], problems: [] });
  expect(bundleSchema.parse((await get(path)).json()).pruned?.atMs).toBe(later);
  const other = bundleSchema.parse((await get(path.replace('promoted', 'rolled-back-by-hand'))).json());
  expect(other.pruned?.atMs).toBe(began);
  expect(await archive.store.list('runs/')).toEqual([]);
});

test('what is kept of a request is forgotten after a month, and none the earlier', async () => {
  const headers = { 'idempotency-key': 'a' };
  const payload = { actor: 'ann', dryRun: true };
  await app.inject({ method: 'POST', url: '/v1/evidence/prune', headers, payload });
  const kept = async () =>
    [await archive.store.list('requests/'), await archive.store.list('answers/')].flat().length;
  const afterDays = (days: number) => ({ by: 'ann', nowMs: Date.now() + days * 86_400_000 });
  await prune(archive, afterDays(29));
  expect(await kept()).toBe(2);
  await prune(archive, { ...afterDays(31), dryRun: true });
  expect(await kept()).toBe(2);
  await prune(archive, afterDays(31));
  expect(await kept()).toBe(0);
});

test('shows a bundle, gives it as an archive, and verifies it', async () => {
  const bundle = bundleSchema.parse((await get(path)).json());
  expect(bundle).toMatchObject({ signedBy: null, held: false, pruned: null });
  const archived = await get(`${path}/archive`);
  expect(archived.headers['content-type']).toBe('application/x-tar');
  const { version } = bundle.manifest;
  expect(version).toEqual(expect.any(String));
  expect(archived.headers['content-disposition']).toBe(
    `attachment; filename="test-promoted-${version}-evidence-1.tar"`,
  );
  expect([...(unpackTar(archived.rawPayload)?.keys() ?? [])].sort()).toEqual(
    ['manifest.json', ...bundle.manifest.files.map((file) => file.path)].sort(),
  );
  expect(verificationSchema.parse((await get(`${path}/verification`)).json())).toMatchObject({
    ok: true,
    position: 1,
  });
});

test('no report is made of a bundle in which a file was changed', async () => {
  const { runId } = recordedRollout('promoted');
  const { report } = createReports({ client: nobody, address: 'nowhere', archive, bundlePath: '/nowhere' });
  const ref = { environment: 'test', service: 'promoted', runId };
  expect(await report(ref, 'deployment', 'md')).toContain('Made of bundle 1 of test/promoted');
  const { manifest } = await bundleAt(archive, { target: 'test/promoted', position: 1 });
  const account = manifest.files.find((file) => file.path === 'rollout.json');
  const key = `${runFolder('test/promoted', runId)}${account?.sha256}`;
  await archive.store.delete(key);
  await archive.store.put(key, Buffer.from('{}'));
  await expect(report(ref, 'deployment', 'md')).rejects.toMatchObject({
    code: 'evidence-damaged',
    message: expect.stringContaining('rollout.json'),
  });
});

test('a report says that its bundle is not signed by a trusted key', async () => {
  const { runId } = recordedRollout('promoted');
  const trusting = { ...archive, trusted: async () => new Set(['ab'.repeat(32)]) };
  const deps = { client: nobody, address: 'nowhere', archive: trusting, bundlePath: '/nowhere' };
  const page = await createReports(deps).report(
    { environment: 'test', service: 'promoted', runId },
    'security',
    'md',
  );
  expect(page).toContain('it is not signed by a trusted key');
});

test('a rollout’s view tells of its evidence once it has ended', async () => {
  const view = rolloutViewSchema.parse((await get('/v1/rollouts/test/promoted')).json());
  expect(view.evidence).toMatchObject({ state: 'kept', position: 1 });
});

test.each([
  ['without a key', null],
  ['with one', { key: 'k-1', actor: 'ann' }],
])(
  '%s, a bundle costs one look at its rollout and its history, and one that is asked for early no history',
  async (_, once) => {
    const { runId, runs } = recordedRollout('promoted');
    const temporal = fakeTemporal({
      'test/promoted': { status: 2, runId, events: () => runs[0]?.history.events ?? [] },
      'test/running': { events: () => [] },
    });
    const evidence = createEvidenceService({
      client: temporal.client,
      address: 'nowhere',
      archive: testArchive(),
      replay: async () => ({ sound: true, told: { agreed: true, detail: 'agreed' } }),
      bundlePath: '/nowhere',
    });
    const ref = { environment: 'test', service: 'promoted' };
    const collected = await evidence.collect(ref, once);
    expect(collected).toMatchObject({ created: true, bundle: { manifest: { runId, position: 1 } } });
    expect(temporal.asked).toEqual(['describe', 'history']);
    if (once !== null) {
      expect(await evidence.collect(ref, once)).toMatchObject({ created: true });
      expect(temporal.asked).toEqual(['describe', 'history']);
    }
    temporal.asked.length = 0;
    await expect(evidence.collect({ environment: 'test', service: 'running' })).rejects.toMatchObject({
      code: 'evidence-early',
    });
    expect(temporal.asked).toEqual(['describe']);
  },
);

test('holds, releases and prunes', async () => {
  const who = { actor: 'ann', reason: 'case 7' };
  expect((await post(`${path}/hold`, who)).json()).toMatchObject({ held: true, holds: [who] });
  const pruned = (await post('/v1/evidence/prune', { actor: 'ann' })).json();
  expect(pruned).toMatchObject({
    held: [{ target: 'test/promoted' }],
    pruned: [{ target: 'test/rolled-back-by-hand' }],
  });
  expect((await get('/v1/rollouts/test/rolled-back-by-hand/evidence/archive')).json()).toMatchObject({
    code: 'evidence-pruned',
    status: 410,
  });
  expect((await post(`${path}/release`, who)).json()).toMatchObject({ held: false });
});

test.each([
  ['a bundle that is not there', '/v1/rollouts/test/other/evidence', 404, 'evidence-not-found'],
  ['a run that is not there', `${path}?run=0190b8a4-7c1d-7000-8000-000000000001`, 404, 'evidence-not-found'],
  ['a run that is none', `${path}?run=1`, 400, 'request-invalid'],
  ['an unknown filter', '/v1/evidence?colour=red', 400, 'request-invalid'],
])('refuses %s', async (_, url, status, code) => {
  expect((await get(url)).json()).toMatchObject({ status, code });
});

test.each([
  ['a hold without a reason', `${path}/hold`, { actor: 'ann', reason: ' ' }],
  ['a hold of nobody', `${path}/hold`, { reason: 'case 7' }],
  ['a pruning of nobody', '/v1/evidence/prune', {}],
])('refuses %s', async (_, url, body) => {
  expect((await post(url, body)).json()).toMatchObject({ status: 400, code: 'request-invalid' });
});

test('without a store each route says what to configure, and views say nothing', async () => {
  const bare = await createApp(fakeDeps(fakeRollouts({ get: async () => viewOf({ outcome: 'promoted' }) })));
  const answer = (await bare.inject({ url: '/v1/evidence' })).json();
  expect(answer).toMatchObject({
    status: 503,
    code: 'evidence-unconfigured',
    advice: expect.stringContaining('evidence.store'),
  });
  expect((await bare.inject({ url: '/v1/rollouts/demo/shop' })).json()).not.toHaveProperty('evidence');
  await bare.close();
});
