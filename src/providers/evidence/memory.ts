/** A store of evidence that forgets everything with its process; for tests. */
import type { EvidenceStore } from './types.ts';

export interface MemoryStore extends EvidenceStore {
  readonly held: Map<string, Buffer>;
}

export function createMemoryStore(): MemoryStore {
  const held = new Map<string, Buffer>();
  return {
    held,
    async put(key, content) {
      if (held.has(key)) return false;
      held.set(key, Buffer.from(content));
      return true;
    },
    get: async (key) => held.get(key) ?? null,
    list: async (prefix) => [...held.keys()].filter((key) => key.startsWith(prefix)).sort(),
    async delete(key) {
      held.delete(key);
    },
    async close() {},
  };
}
