/** A hook in memory, for tests and benches: it keeps what it was told. */
import { z } from 'zod';
import type { Hook, HookCall, HookType } from './types.ts';

export interface MemoryHook extends Hook {
  readonly calls: readonly HookCall[];
  /** From now on every call does this; by default nothing. */
  answer(act: (call: HookCall, signal: AbortSignal) => Promise<void>): void;
}

export function createMemoryHook(): MemoryHook {
  const calls: HookCall[] = [];
  let answer: (call: HookCall, signal: AbortSignal) => Promise<void> = async () => {};
  return {
    calls,
    answer: (act) => {
      answer = act;
    },
    call: async (input, signal) => {
      calls.push(input);
      await answer(input, signal);
    },
    close: async () => {},
  };
}

export const memory: HookType = {
  type: 'memory',
  summary: 'A hook in memory; for tests and benches.',
  options: z.strictObject({}),
  settings: z.strictObject({}),
  create: () => createMemoryHook(),
};
