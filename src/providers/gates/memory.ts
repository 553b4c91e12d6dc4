/** A gate in memory, for tests: it answers what it was told to, by the name of the gate that is asked. */
import { z } from 'zod';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

export interface MemoryGate extends Gate {
  readonly asked: readonly GateQuestion[];
  /** From now on every look gets this; by default it is open. */
  answer(say: (question: GateQuestion) => GateVerdict | Promise<GateVerdict>): void;
}

export function createMemoryGate(): MemoryGate {
  const asked: GateQuestion[] = [];
  let say: (question: GateQuestion) => GateVerdict | Promise<GateVerdict> = () => ({
    answer: 'open',
    reason: 'open from the start',
  });
  return {
    asked,
    answer: (next) => {
      say = next;
    },
    evaluate: async (question) => {
      asked.push(question);
      return await say(question);
    },
    close: async () => {},
  };
}

export const memory: GateType = {
  type: 'memory',
  summary: 'A gate in memory; for tests.',
  options: z.strictObject({}),
  // Never implied: an operator who wants it must say so.
  settings: z.strictObject({ forTests: z.literal(true) }),
  create: () => createMemoryGate(),
};
