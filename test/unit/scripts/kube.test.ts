/** What the test cluster's set-up decides without building anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDir } from '../../../scripts/kube/cache.mjs';
import { versionUnfit } from '../../../scripts/kube/local.mjs';
import { hashOfPins, linkerFlags, oldestGo } from '../../../scripts/kube/pins.mjs';
import { isComplete } from '../../../scripts/kube/setup.mjs';
import { usesKube } from '../../../scripts/kube/uses.mjs';
import { readZip } from '../../../scripts/lib/zip.mjs';

describe('a test run', () => {
  it.each([
    [[], true],
    [['--project', 'unit'], false],
    [['--project=unit', '--project=kube'], true],
    [['--project', 'k*'], true],
    [['--project', '!unit'], true],
    [['--project', '!kube'], false],
    [['test/unit/scripts'], false],
    [['test/unit', 'test/kube/cluster.test.ts'], true],
    [['cluster'], true],
  ] as [string[], boolean][])('of %j needs Kubernetes: %s', (args, expected) => {
    expect(usesKube(args)).toBe(expected);
  });
});

describe('the cache', () => {
  it('is where the variable says, else with the caches of the user', () => {
    const name = `kube-${hashOfPins()}`;
    expect(cacheDir({ SLUICE_KUBE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe(join('/a', name));
    expect(cacheDir({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'sluice', name));
    expect(cacheDir({})).toMatch(join('.cache', 'sluice', name));
  });

  it('is not complete for other circumstances, or without programs', () => {
    expect(isComplete({ foundFor: 'x', programs: {} }, 'y')).toBe(false);
    expect(isComplete({ foundFor: 'x', programs: {} }, 'x')).toBe(false);
    expect(isComplete(undefined, 'x')).toBe(false);
  });
});

describe('the pins', () => {
  it("say how old Go may be, and stamp Kubernetes' version on the programs", () => {
    expect(oldestGo()).toEqual([1, 24]);
    expect(linkerFlags()).toMatch(/version\.gitVersion=v1\.34\.\d+ .*version\.gitMinor=34 /);
  });
});

describe('a program on the machine', () => {
  it.each([
    ['etcd Version: 3.4.23', { least: [3, 5] }, 'it is 3.4.23, but 3.5 or newer is needed'],
    ['etcd Version: 3.6.4', { least: [3, 5] }, undefined],
    ['Kubernetes v1.34.1', { least: [1, 34], only: true }, undefined],
    ['Kubernetes v1.35.0', { least: [1, 34], only: true }, 'it is 1.35.0, but 1.34 is needed'],
    ['Kubernetes v1.33.9', { least: [1, 34], only: true }, 'it is 1.33.9, but 1.34 is needed'],
    ['nothing', { least: [1, 0] }, 'it is of unknown version, but 1.0 or newer is needed'],
  ] as [string, { least: [number, number]; only?: boolean }, string | undefined][])(
    'that says "%s" against %j: %s',
    (said, fits, expected) => {
      expect(versionUnfit(said, fits)).toBe(expected);
    },
  );
});

describe('a zip', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-zip-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the files that are asked for, packed or not', () => {
    const file = join(folder, 'a.zip');
    writeFileSync(file, Buffer.from(ZIP, 'base64'));
    expect(readZip(file, (name) => name !== 'm@v1/other')).toEqual(
      new Map([
        ['m@v1/packed', 'x'.repeat(500)],
        ['m@v1/plain', 'plain'],
      ]),
    );
  });

  it('that is cut off is refused', () => {
    const file = join(folder, 'a.zip');
    writeFileSync(file, Buffer.from(ZIP, 'base64').subarray(0, 100));
    expect(() => readZip(file, () => true)).toThrow(/is not a whole zip file/);
  });
});

/** `packed` (500 times x), `plain` and `other`, below `m@v1`. */
const ZIP =
  'UEsDBBQAAAAIAAAAIVpRzrIKCAAAAPQBAAALAAAAbUB2MS9wYWNrZWSrqBgFIw0AAFBLAwQUAAAAAAAAACFaz2IgGQ' +
  'UAAAAFAAAACgAAAG1AdjEvcGxhaW5wbGFpblBLAwQUAAAAAAAAACFaRJMPDwEAAAABAAAACgAAAG1AdjEvb3RoZXJv' +
  'UEsBAhQDFAAAAAgAAAAhWlHOsgoIAAAA9AEAAAsAAAAAAAAAAAAAAIABAAAAAG1AdjEvcGFja2VkUEsBAhQDFAAAAA' +
  'AAAAAhWs9iIBkFAAAABQAAAAoAAAAAAAAAAAAAAIABMQAAAG1AdjEvcGxhaW5QSwECFAMUAAAAAAAAACFaRJMPDwEA' +
  'AAABAAAACgAAAAAAAAAAAAAAgAFeAAAAbUB2MS9vdGhlclBLBQYAAAAAAwADAKkAAACHAAAAAAA=';
