/** What every store of evidence must do: keep whole, never replace, list in order. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../../src/providers/evidence/types.ts';

/**
 * `atMost`: how many of several puts of one key at the same moment the store may let through; the last of them stays.
 */
export function evidenceStoreContract(name: string, given: () => EvidenceStore, atMost = 1): void {
  let counter = 0;
  /** A folder of the test's own in a store that all share. */
  const folder = () => `suite-${++counter}/%2E%2E odd & näme+(1)/`;

  describe(`${name} as a store of evidence`, () => {
    it('gives back what was put, byte for byte', async () => {
      const key = `${folder()}a.json`;
      const content = randomBytes(100_000);
      expect(await given().put(key, content)).toBe(true);
      expect(await given().get(key)).toEqual(content);
    });

    it('keeps empty content', async () => {
      const key = `${folder()}empty`;
      expect(await given().put(key, Buffer.alloc(0))).toBe(true);
      expect(await given().get(key)).toEqual(Buffer.alloc(0));
    });

    it('has nothing where nothing was put', async () => {
      expect(await given().get(`${folder()}nothing`)).toBeNull();
      expect(await given().list(folder())).toEqual([]);
    });

    it('never replaces what is there', async () => {
      const key = `${folder()}a`;
      await given().put(key, Buffer.from('first'));
      expect(await given().put(key, Buffer.from('second'))).toBe(false);
      expect(String(await given().get(key))).toBe('first');
    });

    it('lets one of many that put at once win, whole', async () => {
      const key = `${folder()}race`;
      const contents = Array.from({ length: 12 }, (_, index) => Buffer.alloc(50_000, index + 1));
      const won = await Promise.all(contents.map((content) => given().put(key, content)));
      const winners = contents.filter((_, index) => won[index]);
      expect(winners.length).toBeGreaterThan(0);
      expect(winners.length).toBeLessThanOrEqual(atMost);
      expect(winners).toContainEqual(await given().get(key));
      expect(await given().put(key, Buffer.from('late'))).toBe(false);
    });

    it('lists what begins so, below folders too, in order, and nothing else', async () => {
      const place = folder();
      const keys = ['b/2', 'a', 'b/10', 'c/d/e'].map((one) => `${place}${one}`);
      for (const key of [...keys, `${folder()}other`]) await given().put(key, Buffer.from(key));
      expect(await given().list(place)).toEqual([...keys].sort());
      expect(await given().list(`${place}b/`)).toEqual([`${place}b/10`, `${place}b/2`]);
    });

    it('deletes, and takes no offence at what is not there', async () => {
      const key = `${folder()}gone`;
      await given().put(key, Buffer.from('x'));
      await given().delete(key);
      await given().delete(key);
      expect(await given().get(key)).toBeNull();
      expect(await given().put(key, Buffer.from('again'))).toBe(true);
    });
  });
}
