import { createMemoryGate, memory } from '../../../src/providers/gates/memory.ts';
import { gateContract } from './suite.ts';

gateContract(memory, async () => {
  const gate = createMemoryGate();
  return {
    gate,
    open: [
      { name: 'told to open', arrange: () => gate.answer(() => ({ answer: 'open', reason: 'told to' })) },
    ],
    closed: [
      {
        name: 'told to hold',
        arrange: () => gate.answer(() => ({ answer: 'hold', reason: 'wait for it' })),
        answer: 'hold',
        says: /wait/,
      },
    ],
    missing: [
      {
        name: 'an error',
        arrange: () =>
          gate.answer(() => {
            throw new Error('away');
          }),
      },
    ],
  };
});
