import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createDirectoryStore } from '../../../src/providers/evidence/directory.ts';
import { evidenceStoreContract } from './suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-evidence-'));
const store = createDirectoryStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

evidenceStoreContract('directory', () => store);

it('does not list what a process that died has left half written', async () => {
  mkdirSync(join(folder, 'half'));
  writeFileSync(join(folder, 'half', 'a.json.0b1f.unfinished'), '{');
  await store.put('half/b.json', Buffer.from('{}'));
  expect(await store.list('half/')).toEqual(['half/b.json']);
});

it('deletes what was left half written before a time, and nothing else', async () => {
  mkdirSync(join(folder, 'left'));
  const file = (name: string, atMs: number) => {
    writeFileSync(join(folder, 'left', name), '{');
    utimesSync(join(folder, 'left', name), atMs / 1_000, atMs / 1_000);
  };
  file('old.json.0b1f.unfinished', 1_000_000);
  file('new.json.0b1f.unfinished', 3_000_000);
  file('old.json', 1_000_000);
  await store.tidy?.(2_000_000);
  expect(readdirSync(join(folder, 'left')).sort()).toEqual(['new.json.0b1f.unfinished', 'old.json']);
});

it('leaves nothing beside what it puts', async () => {
  await Promise.all([1, 2, 3].map((number) => store.put('clean/a', Buffer.from(String(number)))));
  expect(readdirSync(join(folder, 'clean'))).toEqual(['a']);
});

it('says which folder does not serve', async () => {
  writeFileSync(join(folder, 'file'), '');
  const blocked = createDirectoryStore(join(folder, 'file'));
  await expect(blocked.put('a/b', Buffer.from('x'))).rejects.toMatchObject({
    code: 'evidence-unavailable',
    message: expect.stringContaining(join(folder, 'file')),
  });
});
