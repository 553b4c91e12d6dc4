import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agrees, isFresh, missingFrom, stampOf } from '../../../scripts/lib/dependencies.mjs';

const manifest = { name: 'sluice', dependencies: { zod: '4.0.0' }, devDependencies: { vitest: '4.1.0' } };
const stamp = stampOf('the lock', manifest, '20.19.0');

describe('the stamp of node_modules', () => {
  it('stays fresh when only what is no dependency changes', () => {
    const changed = { ...manifest, version: '2.0.0', scripts: { a: 'b' } };
    expect(isFresh(stampOf('the lock', changed, '20.20.2'), stamp)).toBe(true);
  });

  it.each([
    ['no stamp', undefined],
    ['another lock file', stampOf('another lock', manifest, '20.19.0')],
    ['another dependency', stampOf('the lock', { ...manifest, dependencies: { zod: '4.1.0' } }, '20.19.0')],
    ['another major version of Node', stampOf('the lock', manifest, '22.0.0')],
  ])('is stale with %s', (_name, stored) => {
    expect(isFresh(stored, stamp)).toBe(false);
  });
});

describe('what is missing from node_modules', () => {
  const wanted = { dependencies: { zod: '4.0.0' }, devDependencies: { '@types/node': '20.19.43' } };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-modules-'));
    for (const name of ['zod', '@types/node']) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'package.json'), '{}');
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is nothing when every direct dependency has its folder', () => {
    expect(missingFrom(folder, wanted)).toEqual([]);
  });

  it.each(['zod', '@types/node'])('is %s when its folder was deleted', (name) => {
    rmSync(join(folder, name), { recursive: true });
    expect(missingFrom(folder, wanted)).toEqual([name]);
  });

  it('is a package whose folder is empty, and everything where there is no folder at all', () => {
    rmSync(join(folder, 'zod/package.json'));
    expect(missingFrom(folder, wanted)).toEqual(['zod']);
    expect(missingFrom(join(folder, 'nowhere'), wanted)).toEqual(['zod', '@types/node']);
  });

  it('may be a package for other platforms', () => {
    expect(missingFrom(folder, { ...wanted, optionalDependencies: { fsevents: '2.3.3' } })).toEqual([]);
  });
});

describe('node_modules agrees with the lock', () => {
  const zod = { version: '4.0.0', integrity: 'sha512-a' };
  const other = { version: '1.0.0', integrity: 'sha512-b', optional: true };
  const lock = { packages: { '': manifest, 'node_modules/zod': zod, 'node_modules/other-platform': other } };

  it('when every package has the locked version and hash', () => {
    const installed = { packages: { 'node_modules/zod': zod, 'node_modules/other-platform': other } };
    expect(agrees(installed, lock, manifest)).toBe(true);
  });

  it('when only packages for other platforms are absent', () => {
    expect(agrees({ packages: { 'node_modules/zod': zod } }, lock, manifest)).toBe(true);
  });

  it.each([
    ['there is no record', undefined],
    ['a package is absent', { packages: {} }],
    ['a package has another version', { packages: { 'node_modules/zod': { ...zod, version: '4.0.1' } } }],
    ['a package has another hash', { packages: { 'node_modules/zod': { ...zod, integrity: 'sha512-c' } } }],
    ['a package is not in the lock', { packages: { 'node_modules/zod': zod, 'node_modules/left': zod } }],
  ])('but not when %s', (_name, installed) => {
    expect(agrees(installed, lock, manifest)).toBe(false);
  });

  it('but not when package.json asks for something else than the lock', () => {
    const asked = { ...manifest, dependencies: { zod: '4.1.0' } };
    expect(agrees({ packages: { 'node_modules/zod': zod } }, lock, asked)).toBe(false);
  });
});
