/** A notifier in memory, for tests and benches: it keeps what it was told, and fails when it is told to. */
import { z } from 'zod';
import type { Thread } from '../../domain/notify/types.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

interface MemoryNotifier extends Notifier {
  /** What it has taken, in order. */
  readonly told: readonly NotifierMessage[];
  /** Calls, with those that failed. */
  readonly calls: number;
  /** From now on every call does this first; what it throws is what the caller gets. */
  before(act: (message: NotifierMessage, signal: AbortSignal) => Promise<void>): void;
}

export function createMemoryNotifier(): MemoryNotifier {
  const told: NotifierMessage[] = [];
  let calls = 0;
  let before: (message: NotifierMessage, signal: AbortSignal) => Promise<void> = async () => {};
  return {
    told,
    get calls() {
      return calls;
    },
    before: (act) => {
      before = act;
    },
    async tell(message, signal): Promise<Thread | null> {
      calls += 1;
      signal.throwIfAborted();
      await before(message, signal);
      told.push(message);
      return { told: String(told.length) };
    },
    close: async () => {},
  };
}

export const memory: NotifierType = {
  type: 'memory',
  summary: 'A notifier in memory; for tests and benches.',
  options: z.strictObject({}),
  settings: z.strictObject({}),
  create: () => createMemoryNotifier(),
};
