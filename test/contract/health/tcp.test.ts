import { createServer } from 'node:net';
import { tcp } from '../../../src/providers/health/tcp.ts';
import { endable, listening } from './servers.ts';
import { healthContract } from './suite.ts';

healthContract('tcp', async () => {
  const server = createServer();
  const end = endable(server);
  const address = await listening(server);
  return {
    provider: tcp.create({ address }),
    // A connection is all that is asked for, and the kernel accepts it for a process that is silent.
    sees: { down: false, silent: false },
    say: async () => {},
    vanish: end,
    close: end,
  };
});
