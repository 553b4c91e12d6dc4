import { createMemoryHealth } from '../../../src/providers/health/memory.ts';
import { healthContract } from './suite.ts';

healthContract('memory', async () => {
  const provider = createMemoryHealth();
  return {
    provider,
    sees: { down: true, silent: true },
    say: async (health) => provider.set(health === 'up'),
    vanish: async () => provider.set(false),
    close: async () => {},
  };
});
