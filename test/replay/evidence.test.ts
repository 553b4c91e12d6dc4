/** Bundles made of the recorded histories verify with the real workflow code, and one of another story does not. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createReplay } from '../../src/audit/replay.ts';
import { inspect } from '../../src/evidence/inspect.ts';
import { type BundleReplay, createBundleReplay } from '../../src/evidence/replay.ts';
import { collectAll, recordedRollout, testArchive } from '../support/evidence.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

const rollouts = readdirSync(join(import.meta.dirname, 'histories'))
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => !name.startsWith('emergency-') && !name.includes('@'));

const { codePath } = workflowBundle();
const bundleReplay = (): BundleReplay => createBundleReplay(codePath, createReplay(codePath));

it('a bundle of every kind of rollout is sound, its replay included', async () => {
  const archive = testArchive();
  const replay = bundleReplay();
  const records = rollouts.map((name) => recordedRollout(name));
  await collectAll(archive, records);
  for (const { environment, service } of records) {
    const found = await inspect(archive, { target: `${environment}/${service}`, position: 1 }, replay);
    expect(found.problems, service).toEqual([]);
    expect(found.ok).toBe(true);
  }
});

it('a history that today’s code would not have made is told', async () => {
  const archive = testArchive();
  const promoted = recordedRollout('promoted');
  const { environment, service } = promoted;
  const { runs } = recordedRollout('rolled-back-by-hand');
  const [run] = runs;
  const events = run?.history.events?.filter((_, index) => index !== 4) ?? [];
  await collectAll(archive, [{ ...promoted, runs: [{ runId: promoted.runId, history: { events } }] }]);
  const found = await inspect(archive, { target: `${environment}/${service}`, position: 1 }, bundleReplay());
  expect(found).toMatchObject({ ok: false, problems: [], replay: { agreed: false } });
});
