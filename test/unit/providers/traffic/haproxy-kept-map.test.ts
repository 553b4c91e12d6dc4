import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptMap } from '../../../../src/providers/traffic/haproxy/kept-map.ts';

describe('a kept map', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-kept-'));
    file = join(dir, 'roles.map');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const lines = () => readFileSync(file, 'utf8').split('\n').filter(Boolean).sort();

  it('sets, changes and deletes an entry, and leaves every other line alone', async () => {
    writeFileSync(file, '# a note\nother/one green\n');
    const map = new KeptMap(file);
    await map.set('a/b', 'blue');
    await map.set('a/b', 'green');
    expect(lines()).toEqual(['# a note', 'a/b green', 'other/one green']);
    await map.set('a/b', null);
    expect(lines()).toEqual(['# a note', 'other/one green']);
    expect(readdirSync(dir)).toEqual(['roles.map']);
  });

  it('keeps what several writers set at the same time', async () => {
    const writers = [new KeptMap(file), new KeptMap(file), new KeptMap(file)];
    const keys = Array.from({ length: 90 }, (_, number) => `a/b${number}`);
    await Promise.all(keys.map((key, index) => writers[index % 3]?.set(key, 'green')));
    expect(lines()).toEqual(keys.map((key) => `${key} green`).sort());
  });

  it('ends with the value that was set last', async () => {
    const map = new KeptMap(file);
    await Promise.all(['1', '2', null, '3'].map((value) => map.set('a/b', value)));
    expect(lines()).toEqual(['a/b 3']);
  });

  it('does not write what is there already', async () => {
    const map = new KeptMap(file);
    await map.set('a/b', 'green');
    const { ino } = statSync(file);
    await map.set('a/b', 'green');
    await map.set('a/c', null);
    expect(statSync(file).ino).toBe(ino);
  });

  it('takes over the lock of a writer that died', async () => {
    writeFileSync(`${file}.lock`, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    await new KeptMap(file).set('a/b', 'green');
    expect(lines()).toEqual(['a/b green']);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('says what a file out of reach means, and goes on afterwards', async () => {
    const map = new KeptMap(join(dir, 'later', 'roles.map'));
    await expect(map.set('a/b', 'green')).rejects.toMatchObject({ code: 'traffic-unready' });
    file = join(dir, 'roles.map');
    await new KeptMap(file).set('a/b', 'green');
    expect(lines()).toEqual(['a/b green']);
  });
});
