/** Bundles whose time is over go, but for those that are held; the chain can be checked afterwards. */
import { beforeEach, expect, test } from 'vitest';
import { bundleAt } from '../../../src/evidence/archive.ts';
import { setHold } from '../../../src/evidence/holds.ts';
import { inspect } from '../../../src/evidence/inspect.ts';
import { prune } from '../../../src/evidence/prune.ts';
import type { BundleReplay } from '../../../src/evidence/replay.ts';
import { createMemoryStore, type MemoryStore } from '../../../src/providers/evidence/memory.ts';
import { collectAll, recordedRollout, testArchive } from '../../support/evidence.ts';

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

test('what a run that died has left is taken away by the next', async () => {
  const dying = { ...store, delete: async () => Promise.reject(new Error('died')) };
  const answer = await prune(testArchive({ retentionDays: 10 }, dying), afterDays(10));
  expect(answer.problems).toHaveLength(2);
  await prune(archive(), afterDays(11));
  expect(await filesLeft('run-1')).toBe(0);
});
