/** `sluice evidence`: through the API, and on disk without one. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { createEvidenceService } from '../../../src/api/evidence/service.ts';
import { processIo } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/program.ts';
import { chainKey, holdKey } from '../../../src/domain/evidence/layout.ts';
import type { Archive } from '../../../src/evidence/archive.ts';
import { collectAll, recordedRollout, signingArchive, testKey } from '../../support/evidence.ts';
import { fakeDeps, fakeRollouts } from '../api/fakes.ts';
import { fakeIo } from './fakes.ts';

const nobody = { withDeadline: async () => Promise.reject(new Error('away')) } as unknown as Client;
const key = testKey();
let folder: string;
let url: string;
let archive: Archive;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-evidence-cli-'));
  archive = signingArchive([key]);
  await collectAll(archive, [recordedRollout('promoted')]);
  const replay = async () => ({ sound: true, told: { agreed: true, detail: 'agreed' } });
  const evidence = createEvidenceService({
    client: nobody,
    address: 'nowhere',
    archive,
    replay,
    bundlePath: '/nowhere',
  });
  const app = await createApp(fakeDeps(fakeRollouts(), evidence));
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  close = async () => void (await app.close());
});
afterAll(async () => {
  await close?.();
  await rm(folder, { recursive: true, force: true });
});

async function sluice(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo();
  const code = await main(['evidence', ...args], io);
  return { code, ...io.printed };
}
const asked = (...args: string[]) => sluice(...args, '--api', url);

test('lists and shows bundles', async () => {
  expect((await asked('list')).out).toMatch(/test\/promoted +1 +v2 +promoted/);
  const { out } = await asked('show', 'test/promoted');
  expect(out).toMatch(/^bundle 1 of test\/promoted: v2, promoted\n/);
  expect(out).toMatch(/signed {3}by [0-9a-f]{16}\n/);
  expect(out).toContain('plan.json');
});

test('holds and releases with a reason, and says so', async () => {
  expect((await asked('hold', 'test/promoted', '--reason', 'case 7')).out).toBe(
    'bundle 1 of test/promoted is held\n',
  );
  expect((await asked('show', 'test/promoted')).out).toMatch(/hold .* by ada: case 7/);
  expect((await asked('prune', '--dry-run')).out).toMatch(
    /^held: bundle 1 of test\/promoted|0 past 90 days would go/,
  );
  expect((await asked('release', 'test/promoted', '--reason', 'settled')).out).toMatch(/not held/);
  expect(await asked('hold', 'test/promoted')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--reason'),
  });
});

test('verifies through the API', async () => {
  expect(await asked('verify', 'test/promoted')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/sound, \d+ files, signed by the trusted key/),
  });
});

test('writes a bundle to a folder and to an archive, and replaces neither', async () => {
  for (const out of [join(folder, 'bundle'), join(folder, 'bundle.tar')]) {
    expect(await asked('get', 'test/promoted', '--out', out)).toMatchObject({ code: 0 });
    expect(await asked('get', 'test/promoted', '--out', out)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there already'),
    });
  }
});

test('what --out names is written where its folder is, and into no folder that nobody made', async () => {
  const report = async (out: string) => {
    const { writeText, makeFolder } = processIo();
    const io = fakeIo({ writeText, makeFolder });
    return { code: await main(['report', 'test/promoted', '--out', out, '--api', url], io), ...io.printed };
  };
  const nowhere = join(folder, 'slip');
  const why = `there is no folder ${nowhere}.`;
  for (const { code, err } of [
    await report(join(nowhere, 'report.md')),
    await asked('get', 'test/promoted', '--out', join(nowhere, 'bundle')),
    await asked('get', 'test/promoted', '--out', join(nowhere, 'bundle.tar')),
  ]) {
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
  }
  expect(await report(folder)).toMatchObject({ code: 2, err: expect.stringContaining('it is a folder') });
  const file = join(folder, 'report.md');
  expect(await report(file)).toMatchObject({ code: 0, out: `deployment report: ${file}\n` });
  expect(await readFile(file, 'utf8')).toBe('deployment as md');
});

test('verifies on disk without an API: what is wrong is named, and whose signature it is', async () => {
  const [good, strange] = [join(folder, 'good.pem'), join(folder, 'strange.pem')];
  await writeFile(good, key.publicPem);
  await writeFile(strange, testKey().publicPem);
  const bundle = join(folder, 'bundle');
  // The workflow code is built by `npm run build` only; the replay itself is tried by the replay tests.
  const noted = await sluice('verify', bundle, join(folder, 'bundle.tar'));
  expect(noted.out).toMatch(/bundle 1 of test\/promoted .*signed by the key/);
  expect(noted.out).toMatch(/whose that is was not checked/);
  expect((await sluice('verify', bundle, '--key', good)).out).toMatch(/signed by the trusted key/);
  const refused = await sluice('verify', bundle, '--key', strange);
  expect(refused).toMatchObject({
    code: 1,
    out: expect.stringMatching(/NOT SOUND(.|\n)*should be by one of/),
  });
  await writeFile(join(bundle, 'plan.json'), `${await readFile(join(bundle, 'plan.json'), 'utf8')} `);
  expect(await sluice('verify', bundle)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/wrong: plan\.json has/),
  });
});

test.each([
  ['a target that is none', ['verify', 'nonsense'], 2, /environment\/service/],
  ['a path that is not there', ['verify', './nowhere'], 2, /cannot be read/],
  ['a key that is not there', ['verify', './nowhere', '--key', './no.pem'], 2, /no\.pem cannot be used/],
  ['a bundle that is not there', ['show', 'test/other'], 4, /no bundle of test\/other/],
  ['disk and API in one', ['verify', './a', 'test/promoted'], 2, /together/],
])('refuses %s', async (_, args, code, err) => {
  expect(await asked(...args)).toMatchObject({ code, err: expect.stringMatching(err) });
});

test('an archive that is none is not sound', async () => {
  const file = join(folder, 'none.tar');
  await writeFile(file, 'not an archive');
  expect(await sluice('verify', file)).toMatchObject({ code: 1, out: expect.stringContaining('NOT SOUND') });
});

test('a list names what is damaged, and is a list all the same', async () => {
  const { runId } = recordedRollout('promoted');
  await archive.store.put(holdKey('test/promoted', runId, 9), Buffer.from('{}'));
  await archive.store.put(chainKey('test/promoted', 2), Buffer.from('{}'));
  const { code, out, err } = await asked('list');
  expect([code, out]).toEqual([0, expect.stringMatching(/test\/promoted +1 +v2 .* held /)]);
  expect(err).toMatch(
    /^damaged: bundle 1 of test\/promoted, which counts as held: A hold of test\/promoted cannot be read: /m,
  );
  expect(err).toContain('damaged: the manifest of bundle 2 of test/promoted\n');
});
