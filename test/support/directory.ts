/**
 * A directory for activities that never look beyond their own workflow: no emergency is open, nothing else is answered.
 */
import type { Directory } from '../../src/activities/directory.ts';

const unexpected = () => Promise.reject(new Error('the directory was not to be asked'));

export function emptyDirectory(overrides: Partial<Directory> = {}): Directory {
  return {
    runningSince: unexpected,
    latest: unexpected,
    find: unexpected,
    knows: unexpected,
    runs: unexpected,
    planOf: unexpected,
    resultOf: unexpected,
    tell: unexpected,
    start: unexpected,
    forbids: async () => null,
    ...overrides,
  };
}
