/** Bundles whose time is over go, but for those that are held; the chain can be checked afterwards. */
import { beforeEach, expect, test } from 'vitest';
import { holdKey, prunedKey } from '../../../src/domain/evidence/layout.ts';
import { bundleAt } from '../../../src/evidence/archive.ts';
import { setHold } from '../../../src/evidence/holds.ts';
import { inspect } from '../../../src/evidence/inspect.ts';
import { prune } from '../../../src/evidence/prune.ts';
import type { BundleReplay } from '../../../src/evidence/replay.ts';
import { seal } from '../../../src/evidence/seal.ts';
import { createMemoryStore, type MemoryStore } from '../../../src/providers/evidence/memory.ts';
import { collectAll, recordedRollout, signingArchive, testArchive, testKey } from '../../support/evidence.ts';

const target = 'test/promoted';
const rollout = recordedRollout('promoted');
const runs = ['run-1', 'run-2'].map((runId) => ({
  ...rollout,
  runId,
  runs: rollout.runs.map((run) => ({ ...run, runId })),
}));
const noReplay: BundleReplay = async () => ({
  sound: false,
  told: { agreed: false, detail: 'was not to be asked' },
});

let store: MemoryStore;
let endedAtMs: number;
const archive = () => testArchive({ retentionDays: 10 }, store);
const afterDays = (days: number) => ({ by: 'ann', nowMs: endedAtMs + days * 86_400_000 });
const filesLeft = async (runId: string) => (await store.list(`runs/test/promoted/${runId}/`)).length;

beforeEach(async () => {
  store = createMemoryStore();
  await collectAll(archive(), runs);
  endedAtMs = (await bundleAt(archive(), { target, position: 1 })).manifest.endedAtMs;
});

test('nothing goes before its time', async () => {
  const answer = await prune(archive(), afterDays(9.9));
  expect(answer).toMatchObject({ pruned: [], held: [], problems: [] });
  expect(await filesLeft('run-1')).toBeGreaterThan(10);
});

test('a dry run says what would go, and nothing goes', async () => {
  const answer = await prune(archive(), { ...afterDays(10), dryRun: true });
  expect(answer.pruned.map(({ position }) => position)).toEqual([1, 2]);
  expect(await filesLeft('run-1')).toBeGreaterThan(10);
  expect(await store.list('pruned/')).toEqual([]);
});

test('what was left half written more than a day ago is tidied up, but for a dry run', async () => {
  const asked: number[] = [];
  const tidy = async (beforeMs: number) => void asked.push(beforeMs);
  const tidied = testArchive({ retentionDays: 10, store: { ...store, tidy } });
  await prune(tidied, { ...afterDays(1), dryRun: true });
  await prune(tidied, afterDays(1));
  expect(asked).toEqual([endedAtMs]);
});

test('after its time the files go, the manifest stays, and the chain can still be checked', async () => {
  await prune(archive(), afterDays(10));
  expect(await filesLeft('run-1')).toBe(0);
  expect((await bundleAt(archive(), { target, position: 1 })).pruned).toMatchObject({
    by: 'ann',
    retentionDays: 10,
  });
  const found = await inspect(archive(), { target, position: 2 }, noReplay);
  expect(found).toMatchObject({
    ok: true,
    problems: [],
    replay: null,
    notes: expect.arrayContaining([expect.stringMatching(/were deleted/)]),
  });
  expect(await prune(archive(), afterDays(11))).toMatchObject({ pruned: [], problems: [] });
});

test('a held bundle stays until somebody lifts the hold; who and why is kept', async () => {
  const { manifest } = await bundleAt(archive(), { target, position: 1 });
  await setHold(archive(), manifest, { action: 'hold', actor: 'ann', reason: 'case 7', atMs: 1 });
  await setHold(archive(), manifest, { action: 'hold', actor: 'bob', reason: 'again', atMs: 2 });
  const answer = await prune(archive(), afterDays(100));
  expect(answer).toMatchObject({ pruned: [{ position: 2 }], held: [{ position: 1 }] });
  expect(await filesLeft('run-1')).toBeGreaterThan(10);
  await setHold(archive(), manifest, { action: 'release', actor: 'bob', reason: 'settled', atMs: 3 });
  const { held, holds } = await bundleAt(archive(), { target, position: 1 });
  expect({ held, holds }).toMatchObject({
    held: false,
    holds: [
      { action: 'hold', actor: 'ann', reason: 'case 7' },
      { action: 'release', actor: 'bob' },
    ],
  });
  expect((await prune(archive(), afterDays(100))).pruned).toMatchObject([{ position: 1 }]);
});

test('what was pruned cannot be held any more', async () => {
  await prune(archive(), afterDays(10));
  const { manifest } = await bundleAt(archive(), { target, position: 1 });
  await expect(
    setHold(archive(), manifest, { action: 'hold', actor: 'ann', reason: 'late', atMs: 1 }),
  ).rejects.toMatchObject({ code: 'evidence-pruned' });
});

test('a hold that comes while it is being pruned wins', async () => {
  const { manifest } = await bundleAt(archive(), { target, position: 1 });
  const racing = {
    ...store,
    put: async (key: string, content: Uint8Array) => {
      if (key.startsWith('pruned/'))
        await setHold(archive(), manifest, { action: 'hold', actor: 'ann', reason: 'quick', atMs: 1 });
      return await store.put(key, content);
    },
  };
  await prune(testArchive({ retentionDays: 10 }, racing), afterDays(10));
  expect(await filesLeft('run-1')).toBeGreaterThan(10);
  expect(await bundleAt(archive(), { target, position: 1 })).toMatchObject({ held: true, pruned: null });
});

test('a pruning that goes on goes by what was due when it began', async () => {
  const days = (past: number) => afterDays(past).nowMs;
  const early = await prune(archive(), { ...afterDays(100), dueAtMs: days(9.9) });
  expect(early).toMatchObject({ pruned: [], held: [], problems: [] });
  await prune(archive(), { ...afterDays(100), dueAtMs: days(10) });
  expect((await bundleAt(archive(), { target, position: 1 })).pruned?.atMs).toBe(days(100));
});

test('what a run that died has left is taken away by the next', async () => {
  const dying = { ...store, delete: async () => Promise.reject(new Error('died')) };
  const answer = await prune(testArchive({ retentionDays: 10 }, dying), afterDays(10));
  expect(answer.problems).toHaveLength(2);
  await prune(archive(), afterDays(11));
  expect(await filesLeft('run-1')).toBe(0);
});

test('a hold that comes between the tombstone and the deletion is not lost unseen', async () => {
  const { manifest } = await bundleAt(archive(), { target, position: 1 });
  const late = { action: 'hold', actor: 'ann', reason: 'late', atMs: 1 } as const;
  const pruning = {
    ...store,
    put: async (key: string, content: Uint8Array) => {
      if (key.startsWith('holds/')) await prune(archive(), afterDays(10));
      return await store.put(key, content);
    },
  };
  await expect(setHold(testArchive({}, pruning), manifest, late)).rejects.toMatchObject({
    code: 'evidence-pruned',
  });
});

test('what is held is not deleted by a run that finishes the work of another', async () => {
  const dying = { ...store, delete: async () => Promise.reject(new Error('died')) };
  await prune(testArchive({ retentionDays: 10 }, dying), afterDays(10));
  const step = { action: 'hold', actor: 'ann', reason: 'case 7', atMs: 1, target, runId: 'run-1' };
  await store.put(holdKey(target, 'run-1', 1), seal(step, null));
  await prune(archive(), afterDays(11));
  expect(await filesLeft('run-1')).toBeGreaterThan(10);
  expect(await filesLeft('run-2')).toBe(0);
});

test.each([
  ['not signed', {}, false],
  ['of another run', { runId: 'run-2' }, true],
  ['dated before the time was over', { atMs: 0 }, true],
])(
  'a tombstone that is %s excuses no missing file, and nothing is deleted for it',
  async (_, changes, signed) => {
    store = createMemoryStore();
    const signing = { ...signingArchive([testKey()], store), retentionDays: 10 };
    await collectAll(signing, runs);
    const { manifest, sha256 } = await bundleAt(signing, { target, position: 1 });
    const due = { by: 'eve', retentionDays: 10, atMs: afterDays(10).nowMs, files: 1 };
    const stone = { target, position: 1, runId: 'run-1', sha256, ...due, ...changes };
    await store.put(prunedKey(target, 1), seal(stone, signed ? await signing.signer() : null));
    const { problems } = await prune(signing, afterDays(11));
    expect(problems).toEqual([expect.stringMatching(/bundle 1 .*tombstone is not one that counts/)]);
    for (const key of await store.list(`runs/${target}/run-1/`)) await store.delete(key);
    const found = await inspect(signing, { target, position: 1 }, noReplay);
    expect(found.ok).toBe(false);
    expect(found.problems).toHaveLength(manifest.files.length);
  },
);

test('an unsigned release lifts no hold where signatures are asked for', async () => {
  store = createMemoryStore();
  const signing = { ...signingArchive([testKey()], store), retentionDays: 10 };
  await collectAll(signing, runs);
  const { manifest } = await bundleAt(signing, { target, position: 1 });
  const step = { actor: 'ann', reason: 'case 7', atMs: 1 };
  await setHold(signing, manifest, { action: 'hold', ...step });
  const release = { action: 'release', ...step, target, runId: 'run-1' };
  await store.put(holdKey(target, 'run-1', 2), seal(release, null));
  expect((await prune(signing, afterDays(10))).held).toMatchObject([{ position: 1 }]);
  await setHold(signing, manifest, { action: 'release', ...step });
  expect((await bundleAt(signing, { target, position: 1 })).held).toBe(false);
});
