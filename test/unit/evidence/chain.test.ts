/**
 * Bundles of a target in one chain: collected once, in order, also by two at a time; and what a verification says of
 * it.
 */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { chainKey, runFolder } from '../../../src/domain/evidence/layout.ts';
import { bundleAt, filesAt } from '../../../src/evidence/archive.ts';
import { collect } from '../../../src/evidence/collect.ts';
import { contentOf, type RolloutRecord } from '../../../src/evidence/content.ts';
import { writeBundle } from '../../../src/evidence/folder.ts';
import { inspect } from '../../../src/evidence/inspect.ts';
import type { BundleReplay } from '../../../src/evidence/replay.ts';
import { seal, sha256Of } from '../../../src/evidence/seal.ts';
import { checkBundle } from '../../../src/evidence/verify.ts';
import { createMemoryStore, type MemoryStore } from '../../../src/providers/evidence/memory.ts';
import {
  collectAll,
  recordedRollout,
  signingArchive,
  testArchive,
  testKey,
  testVersions,
} from '../../support/evidence.ts';

const target = 'test/promoted';
const place = (position: number) => ({ target, position });
const nth = (index: number): RolloutRecord => {
  const rollout = recordedRollout('promoted');
  return {
    ...rollout,
    runId: `run-${index}`,
    runs: rollout.runs.map((run) => ({ ...run, runId: `run-${index}` })),
  };
};
/** What replays say is shown by the replay tests, with the real workflow code. */
const agreeing: BundleReplay = async () => ({
  sound: true,
  told: { agreed: true, detail: 'not replayed here' },
});

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});

const wrongWith = async (position: number, archive = testArchive({}, store)) =>
  (await inspect(archive, place(position), agreeing)).problems;

test('each bundle names the one before', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1), nth(2), nth(3)]);
  const bundles = await Promise.all([1, 2, 3].map((position) => bundleAt(archive, place(position))));
  expect(bundles.map(({ manifest }) => [manifest.runId, manifest.previous])).toEqual([
    ['run-1', null],
    ['run-2', { position: 1, sha256: bundles[0]?.sha256 }],
    ['run-3', { position: 2, sha256: bundles[1]?.sha256 }],
  ]);
  expect(await wrongWith(3)).toEqual([]);
});

test('a rollout is collected once, however often it is asked for', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1), nth(2), nth(1)]);
  expect(await collect(archive, nth(1), { versions: testVersions, nowMs: Date.now })).toEqual({
    position: 1,
    created: false,
  });
  expect([...store.held.keys()].filter((key) => key.startsWith('chain/'))).toHaveLength(2);
});

test('collected by several at once, every rollout has one place, and the chain holds', async () => {
  const archive = testArchive({}, store);
  const all = [1, 2, 3, 4, 1, 2, 3, 4].map((index) => nth(index));
  await Promise.all(
    all.map((rollout) => collect(archive, rollout, { versions: testVersions, nowMs: Date.now })),
  );
  const bundles = await Promise.all([1, 2, 3, 4].map((position) => bundleAt(archive, place(position))));
  expect(bundles.map(({ manifest }) => manifest.runId).sort()).toEqual(['run-1', 'run-2', 'run-3', 'run-4']);
  expect(await wrongWith(4)).toEqual([]);
});

test('a bundle in the middle that was made anew, or is gone, is found from any other', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1), nth(2), nth(3)]);
  const other = createMemoryStore();
  await collectAll(testArchive({}, other), [nth(1), nth(9)]);
  store.held.set(chainKey(target, 2), other.held.get(chainKey(target, 2)) ?? Buffer.alloc(0));
  expect(await wrongWith(3)).toEqual(['bundle 3 does not continue bundle 2: it names another manifest']);
  store.held.delete(chainKey(target, 2));
  expect(await wrongWith(1)).toEqual(['bundles before 3 are missing']);
});

test('a bundle that lies in the place of another one is found from any other', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1), nth(2)]);
  store.held.set(chainKey(target, 2), store.held.get(chainKey(target, 1)) ?? Buffer.alloc(0));
  expect(await wrongWith(1)).toEqual(['bundle 2 was exchanged: it is bundle 1 of test/promoted']);
  expect(await wrongWith(2)).toEqual([expect.stringMatching(/^it lies where bundle 2 of test\/promoted/)]);
});

test('a chain whose beginning was cut off is found', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1)]);
  const { manifest } = await bundleAt(archive, place(1));
  const previous = { position: 1, sha256: 'ab'.repeat(32) };
  store.held.set(chainKey(target, 1), seal({ ...manifest, previous }, null));
  expect(await wrongWith(1)).toEqual(['bundle 1 names one before it']);
});

test('two collectors of one rollout make one bundle, also if one comes in between', async () => {
  const archive = testArchive({}, store);
  let between = true;
  const slow = {
    ...store,
    put: async (key: string, content: Uint8Array) => {
      if (between) {
        between = false;
        await collectAll(archive, [nth(1)]);
      }
      return await store.put(key, content);
    },
  };
  const options = { versions: testVersions, nowMs: Date.now };
  expect(await collect(testArchive({}, slow), nth(1), options)).toEqual({ position: 1, created: false });
  expect(await store.list('chain/')).toHaveLength(1);
});

test('collecting does not read the manifests of rollouts that ended long before', async () => {
  const read: string[] = [];
  const counting = {
    ...store,
    get: async (key: string) => {
      read.push(key);
      return await store.get(key);
    },
  };
  const options = { versions: testVersions, nowMs: () => 0 };
  for (const index of [1, 2, 3]) await collect(testArchive({}, store), nth(index), options);
  await collect(testArchive({}, counting), nth(4), options);
  expect(new Set(read.filter((key) => key.startsWith('chain/')))).toEqual(new Set([chainKey(target, 3)]));
});

test('a raw report that is not what the gate saw is named as damaged, and no part of the bundle', async () => {
  const rollout = recordedRollout('gated-and-guarded');
  const { files } = await contentOf(rollout, {
    versions: testVersions,
    report: async () => Buffer.from('x'),
  });
  expect([...files.keys()].filter((path) => path.startsWith('reports/'))).toEqual([]);
});

test('a file that is not the report that its name says is found', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1)]);
  const files = new Map(await filesAt(archive, place(1)));
  const { manifest } = await bundleAt(archive, place(1));
  const content = Buffer.from('{}');
  const report = {
    path: `reports/${'ab'.repeat(32)}`,
    mediaType: 'text/plain',
    bytes: 2,
    sha256: sha256Of(content),
  };
  files.set(report.path, content);
  files.set('manifest.json', seal({ ...manifest, files: [...manifest.files, report] }, null));
  expect(checkBundle(files, new Set()).problems).toEqual([
    `${report.path} is not the report that its name says`,
  ]);
});

test.each(['../outside', 'history/../../outside', '/etc/outside', '.', 'a//b', 'a\\b'])(
  'a path that leads out of a bundle is refused: %s',
  async (path) => {
    const archive = testArchive({}, store);
    await collectAll(archive, [nth(1)]);
    const { manifest } = await bundleAt(archive, place(1));
    const file = { path, mediaType: 'text/plain', bytes: 0, sha256: sha256Of('') };
    const sealed = seal({ ...manifest, files: [file] }, null);
    expect(checkBundle(new Map([['manifest.json', sealed]]), new Set()).problems).toEqual([
      expect.stringMatching(/leads out of the bundle/),
    ]);
    const folder = join(tmpdir(), randomUUID(), 'bundle');
    await expect(writeBundle(folder, new Map([[path, Buffer.alloc(0)]]))).rejects.toMatchObject({
      code: 'evidence-damaged',
    });
  },
);

test('a damaged manifest ends no chain, and stays in sight', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1)]);
  store.held.set(chainKey(target, 1), Buffer.from('{}'));
  await collectAll(archive, [nth(2)]);
  const found = await inspect(archive, place(2), agreeing);
  expect(found.problems).toEqual([expect.stringMatching(/manifest of bundle 1 cannot be read/)]);
  expect(found.notes).toContainEqual(expect.stringMatching(/cannot vouch for it/));
});

test('a file that was changed in the store is found', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [nth(1)]);
  const { manifest } = await bundleAt(archive, place(1));
  const plan = manifest.files.find(({ path }) => path === 'plan.json');
  store.held.set(`${runFolder(target, 'run-1')}${plan?.sha256}`, Buffer.from('{}'));
  expect(await wrongWith(1)).toEqual([expect.stringMatching(/^plan\.json has 2 bytes/)]);
});

test('a signature is checked against the operator’s keys, former ones as well', async () => {
  const [old, fresh, stranger] = [testKey(), testKey(), testKey()];
  await collectAll(signingArchive([old], store), [nth(1)]);
  await collectAll(signingArchive([fresh, old], store), [nth(2)]);
  expect(await wrongWith(1, signingArchive([fresh, old], store))).toEqual([]);
  expect(await wrongWith(2, signingArchive([fresh, old], store))).toEqual([]);
  expect(await wrongWith(1, signingArchive([fresh], store))).toEqual([
    expect.stringMatching(/should be by one of/),
  ]);
  await collectAll(signingArchive([stranger], store), [nth(3)]);
  expect(await wrongWith(3, signingArchive([fresh, old], store))).toEqual([
    expect.stringMatching(/should be by one of/),
  ]);
  await collectAll(testArchive({}, store), [nth(4)]);
  expect(await wrongWith(4, signingArchive([fresh, old], store))).toEqual([
    expect.stringMatching(/is not signed/),
  ]);
});

test('a key is trusted by its whole hash, not by the digits that people see', async () => {
  const archive = signingArchive([testKey()], store);
  await collectAll(archive, [nth(1)]);
  const files = await filesAt(archive, place(1));
  const [whole = ''] = await archive.trusted();
  expect(whole).toMatch(/^[0-9a-f]{64}$/);
  const alike = `${whole.slice(0, 16)}${'0'.repeat(48)}`;
  expect(checkBundle(files, new Set([whole]))).toMatchObject({ signature: 'trusted', problems: [] });
  expect(checkBundle(files, new Set([alike]))).toMatchObject({
    signature: 'unknown-key',
    signedBy: whole.slice(0, 16),
  });
});

test('a key that cannot be read keeps a bundle from being made, and is not quoted', async () => {
  const archive = testArchive(
    {
      signer: async () =>
        (await import('../../../src/evidence/keys.ts')).readSigner({ env: 'SLUICE_TEST_NO_KEY' }),
    },
    store,
  );
  await expect(collectAll(archive, [nth(1)])).rejects.toThrow(/SLUICE_TEST_NO_KEY is missing or empty/);
  process.env.SLUICE_TEST_NO_KEY = 'hunter2';
  await expect(collectAll(archive, [nth(1)])).rejects.toThrow(/^((?!hunter2).)*$/s);
  delete process.env.SLUICE_TEST_NO_KEY;
  expect(await store.list('chain/')).toEqual([]);
});

test('holds what the issue asks for', async () => {
  const archive = testArchive({}, store);
  await collectAll(archive, [recordedRollout('gated-and-guarded')]);
  const files = await filesAt(archive, { target: 'test/gated', position: 1 });
  const read = (path: string) => JSON.parse(Buffer.from(files.get(path) ?? '').toString('utf8'));
  expect([...files.keys()].map((path) => path.replace(/\/.*/, '/'))).toEqual(
    expect.arrayContaining([
      'manifest.json',
      'plan.json',
      'gates.json',
      'approvals.json',
      'verdicts.json',
      'traffic.json',
      'rollback.json',
      'timeline.json',
      'versions.json',
      'history/',
    ]),
  );
  expect(read('plan.json')).toMatchObject({ service: 'gated' });
  expect(
    read('gates.json').map(({ name, answer }: { name: string; answer: string }) => `${name} ${answer}`),
  ).toEqual(expect.arrayContaining([expect.stringMatching(/open/), 'freeze refuse', 'smoke open']));
  expect(read('verdicts.json')[0].verdicts[0]).toMatchObject({ kind: 'pass', canary: expect.any(Number) });
  expect(read('traffic.json')[0]).toMatchObject({
    activity: 'shift',
    readBack: { readWeightPercent: expect.any(Number) },
  });
});
