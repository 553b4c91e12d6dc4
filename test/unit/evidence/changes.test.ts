/** Changing one byte anywhere in a bundle is found, and so is whatever is cut off, taken away, added or renamed. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { filesAt } from '../../../src/evidence/archive.ts';
import { packTar, unpackTar } from '../../../src/evidence/tar.ts';
import { checkBundle, type Files } from '../../../src/evidence/verify.ts';
import { collectAll, recordedRollout, signingArchive, testArchive, testKey } from '../../support/evidence.ts';

let unsigned: Files;
let signed: Files;

async function bundle(archive = testArchive()): Promise<Files> {
  await collectAll(archive, [recordedRollout('rolled-back-by-check')]);
  return await filesAt(archive, { target: 'test/rolled-back-by-check', position: 1 });
}

beforeAll(async () => {
  unsigned = await bundle();
  signed = await bundle(signingArchive([testKey()]));
});

const isSound = (files: Files) => checkBundle(files, new Set()).problems.length === 0;

/** A place in all bytes of a bundle together, so that long files are met more often than short ones. */
function placeIn(files: Files, share: number): { path: string; content: Uint8Array; at: number } {
  const total = [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  let left = Math.floor(share * total);
  for (const [path, content] of files) {
    if (left < content.byteLength) return { path, content, at: left };
    left -= content.byteLength;
  }
  throw new Error('the share is beyond the end');
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const other = fc.integer({ min: 1, max: 255 });

function changed(content: Uint8Array, at: number, by: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = ((copy[at] ?? 0) + by) % 256;
  return copy;
}

describe.each([
  ['unsigned', () => unsigned],
  ['signed', () => signed],
])('%s', (_, given) => {
  test('a bundle that nobody touched is sound', () => {
    expect(checkBundle(given(), new Set()).problems).toEqual([]);
    expect(given().size).toBeGreaterThan(10);
  });

  test('500 changes of a single byte anywhere', () => {
    const property = fc.property(share, other, (where, by) => {
      const { path, content, at } = placeIn(given(), where);
      expect(isSound(new Map(given()).set(path, changed(content, at, by)))).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('every change of a single bit in the manifest', () => {
    const manifest = given().get('manifest.json') ?? Buffer.alloc(0);
    const bits = Array.from({ length: manifest.byteLength * 8 }, (_unused, bit) => bit);
    const unseen = bits.filter((bit) => {
      const copy = Buffer.from(manifest);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // The hash of each file is another test; here the manifest alone is to tell.
      return checkBundle(new Map([['manifest.json', copy]]), new Set()).manifest !== null;
    });
    expect(unseen).toEqual([]);
  });

  test('what is cut off or appended', () => {
    const property = fc.property(share, fc.boolean(), (where, longer) => {
      const { path, content, at } = placeIn(given(), where);
      const wrong = longer ? Buffer.concat([content, content.subarray(0, at + 1)]) : content.subarray(0, at);
      expect(isSound(new Map(given()).set(path, wrong))).toBe(false);
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('each file taken away, renamed, or exchanged for another one', () => {
    const paths = [...given().keys()];
    for (const path of paths) {
      const content = given().get(path) ?? Buffer.alloc(0);
      const without = new Map(given());
      without.delete(path);
      expect(isSound(without), `${path} is gone`).toBe(false);
      expect(isSound(new Map(without).set(`${path}.old`, content)), `${path} is renamed`).toBe(false);
      const swapped = new Map(given()).set(
        path,
        given().get(paths.find((one) => one !== path) ?? '') ?? content,
      );
      expect(isSound(swapped), `${path} is exchanged`).toBe(false);
    }
    expect(isSound(new Map(given()).set('note.txt', Buffer.from('x')))).toBe(false);
  });

  test('as an archive: 500 changes of a single byte, in headers and padding as well', () => {
    const archive = packTar(given());
    expect(unpackTar(archive)).toEqual(given());
    const property = fc.property(share, other, (where, by) => {
      const files = unpackTar(changed(archive, Math.floor(where * archive.length), by));
      expect(files !== null && isSound(files)).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
    for (const cut of [1, 512, 1024, archive.length])
      expect(unpackTar(archive.subarray(0, -cut))).not.toEqual(given());
    expect(unpackTar(Buffer.concat([archive, Buffer.alloc(512)]))).toBeNull();
  });
});
