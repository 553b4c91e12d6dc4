import { describe, expect, it } from 'vitest';
import { agrees, isFresh, stampOf } from '../../../scripts/lib/dependencies.mjs';

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
