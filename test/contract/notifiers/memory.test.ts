import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryNotifier, memory } from '../../../src/providers/notifiers/memory.ts';
import { notifierContract } from './suite.ts';

notifierContract(memory, async () => {
  const notifier = createMemoryNotifier();
  let seen = 0;
  return {
    notifier,
    taken: async () => {
      const fresh = notifier.told.slice(seen).map((message) => JSON.stringify(message));
      seen = notifier.told.length;
      return fresh;
    },
    behave: (how) =>
      notifier.before(async (_, signal) => {
        if (how === 'busy') throw new SluiceError('notify-failed', 'busy');
        if (how === 'silent') {
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        }
      }),
    secrets: [],
    close: async () => {},
  };
});
